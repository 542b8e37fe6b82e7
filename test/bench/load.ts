// A bounded load of message turns against a bot on loopback, answered through a connector of our own.
import { randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Figures = {
  readonly perSecond: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

/** Answers whatever the bot sends with a fresh activity id and counts it. */
export async function startSink(): Promise<{
  readonly url: string
  readonly received: () => number
  close(): Promise<void>
}> {
  let received = 0
  const server: Server = createServer((req, res) => {
    req.resume()
    req.on('end', () => {
      received += 1
      res.writeHead(201, { 'content-type': 'application/json' })
      res.end(JSON.stringify({ id: randomUUID() }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: () => received,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

export function messageActivity(sink: string, text: string, conversation: string): Record<string, unknown> {
  const person = '00000000-0000-4000-8000-00000000beef'
  const tenant = '00000000-0000-4000-8000-0000000c0de0'
  return {
    type: 'message',
    id: randomUUID(),
    timestamp: new Date().toISOString(),
    channelId: 'msteams',
    serviceUrl: sink,
    from: { id: `29:${person}`, aadObjectId: person, name: 'Bench' },
    recipient: { id: '28:sync-medic', name: 'Sync Medic' },
    conversation: { id: conversation, conversationType: 'personal', tenantId: tenant },
    channelData: { tenant: { id: tenant } },
    text,
  }
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

export function figuresOf(times: readonly number[], seconds: number): Figures {
  const sorted = times.toSorted((a, b) => a - b)
  return {
    perSecond: times.length / seconds,
    p50: percentile(sorted, 0.5),
    p95: percentile(sorted, 0.95),
    p99: percentile(sorted, 0.99),
  }
}

/** `turns` messages over `lanes` conversations at once; each lane sends its next when the last was answered. */
export async function loadTurns(options: {
  readonly bot: string
  readonly sink: string
  readonly turns: number
  readonly lanes: number
  readonly texts: readonly string[]
}): Promise<Figures> {
  const times: number[] = []
  let next = 0
  const began = performance.now()
  const lane = async (id: number) => {
    while (next < options.turns) {
      const text = options.texts[next % options.texts.length] ?? ''
      next += 1
      const body = JSON.stringify(messageActivity(options.sink, text, `bench-${id}`))
      const sent = performance.now()
      const answer = await fetch(`${options.bot}/api/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      })
      await answer.arrayBuffer()
      if (!answer.ok) throw new Error(`the bot answered ${answer.status}`)
      times.push(performance.now() - sent)
    }
  }
  await Promise.all(Array.from({ length: options.lanes }, (_, i) => lane(i)))
  return figuresOf(times, (performance.now() - began) / 1000)
}
