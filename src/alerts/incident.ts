// Making and comparing incidents; no decisions.
import { createHash } from 'node:crypto'
import type { Incident, Instant, Observation, Prose } from '../nouns.ts'
import { fingerprint } from './match.ts'

/** What the newest bad observation says, as fields of the incident. */
export function pictured(observation: Observation, now: Instant) {
  return {
    lastBadAt: now,
    subject: observation.subject,
    title: observation.title,
    facts: observation.facts,
  }
}

export function newIncident(observation: Observation, now: Instant): Incident {
  const print = fingerprint(observation)
  return {
    // Opaque, and the same for whoever computes it: one fingerprint cannot begin twice in a millisecond.
    id: createHash('sha256').update(`${print}|${now}`).digest('base64url').slice(0, 24),
    tenantId: observation.tenantId,
    fingerprint: print,
    number: 0,
    ruleId: observation.ruleId,
    severity: observation.severity,
    state: 'pending',
    version: 0,
    ...(observation.configurationId === undefined ? {} : { configurationId: observation.configurationId }),
    ...(observation.jobId === undefined ? {} : { jobId: observation.jobId }),
    ...pictured(observation, now),
    episode: 1,
    firstSeen: now,
    goodPolls: 0,
    badPolls: 1,
    failedPolls: 0,
    step: 0,
    chainRuns: 0,
    exhausted: false,
    flapping: false,
    changes: [],
    stale: false,
    deliveryFailed: false,
  }
}

export function withoutRecovery(incident: Incident): Incident {
  const { goodSince: _since, ...rest } = incident
  return { ...rest, goodPolls: 0 }
}

// Times inside a sentence move with every poll; they alone make no new picture.
const words = (prose: Prose) =>
  JSON.stringify(prose.filter((part) => typeof part === 'string' || !('at' in part)))

/** Would the card read the same, times aside? */
export function samePicture(a: Incident, b: Incident): boolean {
  const facts = (incident: Incident) =>
    incident.facts.map((row) => `${row.name}=${words(row.value)}`).join('\n')
  return a.severity === b.severity && words(a.title) === words(b.title) && facts(a) === facts(b)
}
