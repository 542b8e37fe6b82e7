import { createServer } from 'node:http'
import { type AddressInfo, createServer as createSocketServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTelemetry, metricTable } from '../src/telemetry.ts'
import { type Bot, startBot } from './support/bot.ts'
import { readSources } from './support/imports.ts'

const root = join(import.meta.dirname, '..')
const names = Object.keys(metricTable)

async function freePort(): Promise<number> {
  const server = createSocketServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

type Family = { readonly type: string; readonly help: string; readonly samples: Map<string, number> }

/** Prometheus text format, strictly: each line is a HELP, a TYPE or a sample of the family told just before. */
function parse(text: string): Map<string, Family> {
  const families = new Map<string, Family>()
  let help: readonly [string, string] | undefined
  let current: readonly [string, Family] | undefined
  expect(text.endsWith('\n')).toBe(true)
  for (const line of text.trimEnd().split('\n')) {
    const told = /^# (HELP|TYPE) ([a-z_]+) (.+)$/.exec(line)
    if (told?.[1] === 'HELP') help = [told[2] ?? '', told[3] ?? '']
    else if (told) {
      expect(help?.[0]).toBe(told[2])
      current = [told[2] ?? '', { type: told[3] ?? '', help: help?.[1] ?? '', samples: new Map() }]
      families.set(...current)
    } else {
      const sample = /^([a-z_]+)((?:\{[^{}]*\})?) (-?[\d.e+]+)$/.exec(line)
      expect(sample, line).not.toBeNull()
      expect(sample?.[1]?.replace(/_(bucket|sum|count)$/, '')).toBe(
        current?.[0].replace(/_(bucket|sum|count)$/, ''),
      )
      current?.[1].samples.set(`${sample?.[1]}${sample?.[2]}`, Number(sample?.[3]))
    }
  }
  return families
}

describe('O3 the list of metrics', () => {
  test('each is set somewhere', () => {
    const text = readSources(root)
      .filter(({ path }) => path !== 'src/telemetry.ts')
      .map((source) => source.text)
      .join('\n')
    const isSet = (name: string) =>
      new RegExp(`metrics\\s*\\??\\.(?:count|set|observe)\\(\\s*'${name}'`).test(text) ||
      // Two gauges are reset together by name.
      new RegExp(`'${name}'[^\\n]*as const`).test(text)
    expect(names.filter((name) => !isSet(name))).toEqual([])
  })

  test('stays small whatever the labels hold', () => {
    const { metrics } = createTelemetry({ level: 'silent', pseudonymKey: 'x'.repeat(32) })
    for (let i = 0; i < 1000; i++) {
      metrics.count('bot_turns_total', { type: `t${i}`, outcome: 'ok' })
      metrics.set('lease_held', 1, { name: `lease-${i}` })
    }
    const families = parse(metrics.text())
    const series = [...families.values()].reduce((sum, { samples }) => sum + samples.size, 0)
    expect(series).toBeLessThanOrEqual(200)
    expect(
      families.get('bot_turns_total')?.samples.get('bot_turns_total{type="other",outcome="other"}'),
    ).toBe(960)
  })
})

describe('a running bot', () => {
  let bot: Bot
  let metricsUrl: string
  let beats = 0
  const outside = createServer((_req, res) => {
    beats += 1
    res.end('OK')
  })

  beforeAll(async () => {
    await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve))
    const port = await freePort()
    metricsUrl = `http://127.0.0.1:${port}`
    bot = await startBot({
      env: {
        METRICS_PORT: String(port),
        HEARTBEAT_URL: `http://127.0.0.1:${(outside.address() as AddressInfo).port}/alive`,
      },
    })
  })
  afterAll(async () => {
    await bot.stop()
    outside.closeAllConnections()
    outside.close()
  })

  const scrape = async () => parse(await (await fetch(`${metricsUrl}/metrics`)).text())
  const sum = (family: Family | undefined) =>
    [...(family?.samples.values() ?? [])].reduce((total, value) => total + value, 0)

  test('tells them on a port of its own, with help and type', async () => {
    await bot.say('status', { as: 'operator' })
    // Figures of the store are looked at once a minute.
    await bot.passTime(2)
    let seen = await scrape()
    const until = Date.now() + 20_000
    while (sum(seen.get('audit_chain_length')) === 0 && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 100))
      seen = await scrape()
    }
    expect([...seen.keys()].sort()).toEqual([...names].sort())
    for (const [name, { type, help }] of seen) {
      const entry = metricTable[name as keyof typeof metricTable]
      expect([name, type, help]).toEqual([name, entry.type, entry.help])
    }
    expect(seen.get('bot_turns_total')?.samples.get('bot_turns_total{type="message",outcome="ok"}')).toBe(1)
    expect(seen.get('lease_held')?.samples.get('lease_held{name="watch"}')).toBe(1)
    expect(sum(seen.get('graph_requests_total'))).toBeGreaterThan(0)
    expect(sum(seen.get('monitor_blind'))).toBe(0)
    expect(sum(seen.get('audit_chain_length'))).toBeGreaterThan(0)
    expect(sum(seen.get('auditor_passes_total'))).toBeGreaterThan(0)
  })

  test('is not a second way in: any other path is not found, and the main port tells no figures', async () => {
    expect((await fetch(`${metricsUrl}/`)).status).toBe(404)
    expect((await fetch(`${metricsUrl}/metrics`, { method: 'POST' })).status).toBe(404)
    expect((await fetch(`${bot.origin}/metrics`)).status).toBe(404)
  })

  test('calls the dead-man switch after the pass of the auditor', async () => {
    await bot.eventually(() => (beats > 0 ? beats : undefined), 'a call of HEARTBEAT_URL')
  })

  test('O2 says "not ready" after SIGTERM, while it still answers', async () => {
    const ready = () => fetch(`${bot.origin}/healthz/ready`).then((answer) => answer.status)
    expect(await ready()).toBe(200)
    const ended = bot.term()
    const seen = new Set<number | string>()
    for (let alive = true; alive; ) {
      const status = await ready().catch(() => 'refused')
      seen.add(status)
      alive = status !== 'refused'
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    expect([...seen].at(-2)).toBe(503)
    expect(await ended).toBe(0)
  })
})
