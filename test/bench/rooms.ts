// Figures of single rooms, in this process: knowledge, the token gate, and the diagnosis of one person.
import { join } from 'node:path'
import { diagnose } from '../../src/diagnosis/index.ts'
import { appIdentity, createGraph } from '../../src/graph/index.ts'
import { loadKnowledge } from '../../src/knowledge/index.ts'
import type { Subject } from '../../src/nouns.ts'
import { createOutbound } from '../../src/outbound.ts'
import { startRehearsalGraph } from '../../src/rehearsal/index.ts'
import { createSync } from '../../src/sync/index.ts'
import { readActivity } from '../../src/teams/activity.ts'
import { createTokenGate } from '../../src/teams/index.ts'
import { appId, startAuthority, tenantId } from '../support/bot-authority.ts'
import { machineClock, message } from '../support/teams.ts'
import { type Figures, figuresOf } from './load.ts'

const dir = join(import.meta.dirname, '../../knowledge')

export function benchKnowledge(): {
  readonly loadMs: number
  readonly questions: number
  readonly ask: Figures
} {
  const began = performance.now()
  const knowledge = loadKnowledge({ dir })
  const loadMs = performance.now() - began
  const questions = knowledge.articleIds().flatMap((id) => knowledge.article(id)?.questions ?? [])
  // The first answer builds what later ones use.
  knowledge.ask(questions[0] ?? '')
  const started = performance.now()
  const times = questions.map((question) => {
    const asked = performance.now()
    knowledge.ask(question)
    return performance.now() - asked
  })
  return {
    loadMs,
    questions: questions.length,
    ask: figuresOf(times, (performance.now() - started) / 1000),
  }
}

/** Valid signed requests through the gate: signature and agreement of token and body. One core. */
export async function benchGate(requests: number): Promise<Figures> {
  const authority = await startAuthority()
  const outbound = createOutbound()
  const gate = createTokenGate(
    {
      appId,
      tenants: [tenantId],
      cloud: 'global',
      openIdMetadataUrl: authority.metadataUrl,
      allowLoopback: false,
    },
    { clock: machineClock, outbound },
  )
  // Each token is another one, so that no result can be remembered.
  const now = Math.floor(Date.now() / 1000)
  const signed = Array.from({ length: requests }, (_, i) => ({
    header: `Bearer ${authority.token({ claims: { exp: now + 3600 + i } })}`,
    activity: readActivity(message()),
  }))
  const times: number[] = []
  const began = performance.now()
  for (const { header, activity } of signed) {
    const asked = performance.now()
    const authentication = await gate.authenticate([header])
    if (!authentication.ok || !activity) throw new Error('the gate refused a valid token')
    if (!gate.agree(authentication.claims, { activity, tenantHeader: undefined }).ok)
      throw new Error('the gate refused a valid activity')
    times.push(performance.now() - asked)
  }
  const figures = figuresOf(times, (performance.now() - began) / 1000)
  outbound.close()
  await authority.close()
  return figures
}

const jane: Subject = { kind: 'object', type: 'user', name: { by: 'upn', value: 'jane.doe@contoso.com' } }
const SLOW_MS = 1000

async function diagnoseJane(slow: boolean) {
  // A tenant of its own each time: its limits are fresh.
  const graph = await startRehearsalGraph({
    clock: machineClock,
    slowMs: SLOW_MS,
    host: '127.0.0.1',
    port: 0,
  })
  if (slow) await graph.tenant.scenarios.apply('graph-slow')
  const { reads } = createGraph({
    baseUrl: graph.url,
    identity: appIdentity({ kind: 'loopback' }, graph.url),
    clock: machineClock,
  })
  const sync = createSync({ reads, clock: machineClock })
  const began = performance.now()
  const snapshot = await sync.snapshotOf(jane)
  const findings = diagnose(snapshot)
  const ms = performance.now() - began
  await graph.close()
  if (findings.length === 0) throw new Error('the diagnosis found nothing')
  return { ms, calls: snapshot.calls }
}

/** A whole diagnosis of one person: requests to Graph, and how many rounds of them had to wait for the one before. */
export async function benchDiagnosis() {
  await diagnoseJane(false)
  const { ms, calls } = await diagnoseJane(false)
  // When every answer takes the same long time, the whole time tells the rounds.
  const slow = await diagnoseJane(true)
  return { calls, ms, rounds: Math.floor(slow.ms / SLOW_MS) }
}
