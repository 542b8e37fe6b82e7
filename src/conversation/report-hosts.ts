// Which hosts the check of an agent server tries, read from the fact table of addresses: one source for answer and check.
import { type CloudName, clouds } from '../clouds.ts'
import type { FactTable } from '../knowledge/index.ts'
import type { ReportHosts } from './server-report-block.ts'

/** How the table calls a cloud. For China it lists no hosts of agents: the product is not offered there. */
const tableCloud: Readonly<Record<CloudName, string>> = {
  global: 'public',
  gcc: 'public',
  gcchigh: 'US Government',
  dod: 'US Government',
  china: 'China (21Vianet)',
}

/**
 * Aliases inside Microsoft's networks need not answer a bare connection; a false alarm costs more than they would tell.
 */
const untried: ReadonlySet<string> = new Set([
  'policykeyservice.dc.ad.msft.net',
  'secure.aadcdn.microsoftonline-p.com',
  'www.msftconnecttest.com',
  'aadcdn.msftauthimages.us',
  'msauthimages.us',
  'msftauthimages.us',
])

/** "`crl.microsoft.com:80`" -> crl.microsoft.com, 80; a wildcard cannot be tried, so it has none. */
function hostOf(cell: string, port: number): { readonly name: string; readonly port: number } | undefined {
  const [, host = '', own] = /^`?([a-z0-9.-]+)(?::(\d{1,5}))?(?:\/[^`]{0,200})?`?$/i.exec(cell.trim()) ?? []
  const name = host.toLowerCase()
  if (!name.includes('.') || untried.has(name)) return undefined
  return { name, port: own === undefined ? port : Number(own) }
}

export function reportHostsOf(table: FactTable, cloud: CloudName): ReportHosts {
  const probe = new URL(clouds[cloud].login).hostname
  const hosts = table.rows
    // Writeback of passwords is another feature: its hosts are no fault of a server that does without.
    .filter(({ id, cloud: of }) => of === tableCloud[cloud] && !String(id).includes('writeback'))
    .flatMap((row) => [row.url].flat().flatMap((cell) => hostOf(String(cell), Number(row.port)) ?? []))
  const of = (wanted: number) => [
    ...new Set(hosts.filter(({ port }) => port === wanted).map(({ name }) => name)),
  ]
  return { tls: [...new Set([probe, ...of(443)])], plain: of(80), probe }
}
