import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { trace } from '@opentelemetry/api'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type App, createApp } from '../src/app.ts'
import { loadConfig } from '../src/config.ts'
import { people, tenantId } from '../src/rehearsal/index.ts'
import { createTelemetry } from '../src/telemetry.ts'
import { type FakeConnector, startConnector } from './support/connector.ts'

const key = 'a key of at least thirty-two characters'

function logged() {
  const lines: Record<string, unknown>[] = []
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) }
  return { lines, telemetry: createTelemetry({ level: 'info', pseudonymKey: key, destination }) }
}

describe('ids in the log', () => {
  test('join the lines of one piece of work, without any exporter', async () => {
    const { lines, telemetry } = logged()
    telemetry.log.info('outside')
    const work = (name: string) =>
      telemetry.span(name, async () => {
        await new Promise((resolve) => setTimeout(resolve, 5))
        telemetry.log.info(name)
        await telemetry.span('inner', async () => telemetry.log.info(`${name} inner`))
        return telemetry.traceId()
      })
    const [one, two] = await Promise.all([work('one'), work('two')])
    expect(one).toMatch(/^[0-9a-f]{32}$/)
    expect(one).not.toBe(two)
    const idOf = (msg: string) => lines.find((line) => line.msg === msg)?.trace
    expect([idOf('one'), idOf('one inner'), idOf('two'), idOf('two inner')]).toEqual([one, one, two, two])
    expect(lines[0]).not.toHaveProperty('trace')
    expect(telemetry.traceId()).toBeUndefined()
  })

  test('work of the clock is a trace of its own, whoever asked for it', async () => {
    const { telemetry } = logged()
    const [turn, clock] = await telemetry.span('turn', async () => [
      telemetry.traceId(),
      await telemetry.span('clock', async () => telemetry.traceId(), 'root'),
    ])
    expect(clock).toMatch(/^[0-9a-f]{32}$/)
    expect(clock).not.toBe(turn)
  })
})

describe('O4 one trace', () => {
  const exporter = new InMemorySpanExporter()
  let app: App
  let connector: FakeConnector
  let origin: string

  beforeAll(async () => {
    trace.setGlobalTracerProvider(
      new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
    )
    connector = await startConnector()
    const dataDir = mkdtempSync(join(tmpdir(), 'sync-medic-trace-'))
    const loaded = loadConfig({ PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'silent' })
    if (!loaded.ok) throw new Error(loaded.problems.join('\n'))
    app = await createApp(loaded.config)
    origin = `http://127.0.0.1:${await app.listen()}`
  })
  afterAll(async () => {
    await app.close(1000)
    await connector.close()
    trace.disable()
  })

  const say = async (id: string, text: string) => {
    const { objectId, name } = people.helpdesk
    const answer = await fetch(`${origin}/api/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        type: 'message',
        id,
        text,
        timestamp: new Date().toISOString(),
        channelId: 'msteams',
        serviceUrl: connector.serviceUrl,
        from: { id: `29:${objectId}`, aadObjectId: objectId, name },
        recipient: { id: '28:sync-medic', name: 'Sync Medic' },
        conversation: { id: 'a:trace', conversationType: 'personal', tenantId },
        channelData: { tenant: { id: tenantId } },
      }),
    })
    expect(answer.status).toBe(200)
  }

  /** Spans of each turn by name, one list per trace. */
  const turns = () => {
    const byTrace = Map.groupBy(exporter.getFinishedSpans(), (span) => span.spanContext().traceId)
    return [...byTrace.values()].filter((spans) => spans.some((span) => span.name === 'turn'))
  }
  const parentOf = (spans: readonly ReadableSpan[], span: ReadableSpan) =>
    spans.find((one) => one.spanContext().spanId === span.parentSpanContext?.spanId)

  test('leads from the message through Graph to the answer, and to nothing else', async () => {
    await Promise.all([say('m1', 'status'), say('m2', 'jane.doe@contoso.com is not synced')])
    const found = turns()
    expect(found).toHaveLength(2)
    for (const spans of found) {
      const names = spans.map((span) => span.name)
      expect(names.filter((name) => name === 'turn')).toHaveLength(1)
      expect(names.some((name) => name.startsWith('graph.'))).toBe(true)
      expect(names).toContain('connector')
      for (const span of spans)
        if (span.name !== 'turn') expect(parentOf(spans, span)?.name, span.name).toBe('turn')
    }
  })

  test('holds no name, address or text', () => {
    const told = JSON.stringify(exporter.getFinishedSpans().map(({ name, attributes }) => [name, attributes]))
    for (const text of ['jane', 'contoso', people.helpdesk.objectId, people.helpdesk.name, tenantId])
      expect(told).not.toContain(text)
  })
})
