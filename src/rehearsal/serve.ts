// The simulated Graph as a server of its own, for tests and tools that want it in another process or on another port.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createTenant, type Tenant, type TenantOptions } from './graph-server.ts'

export type RehearsalGraph = {
  readonly tenant: Tenant
  /** What GRAPH_BASE_URL takes: scheme, host, port and prefix. */
  readonly url: string
  close(): Promise<void>
}

export async function startRehearsalGraph(
  options: TenantOptions & { readonly host: '127.0.0.1' | '::1'; readonly port: number },
): Promise<RehearsalGraph> {
  const tenant = createTenant(options)
  const server = createServer((req, res) => {
    tenant.handle(req, res).then(
      (handled) => {
        if (!handled) res.writeHead(404).end()
      },
      () => {
        if (res.headersSent) res.destroy()
        else res.writeHead(500).end()
      },
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, resolve)
  })
  const { port } = server.address() as AddressInfo
  const host = options.host === '::1' ? '[::1]' : options.host
  return {
    tenant,
    url: `http://${host}:${port}${tenant.prefix}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
