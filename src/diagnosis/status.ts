// The state of every configuration as rows: running, last success, next cycle, quarantine, lateness. Pure.

import { sameName } from '../directory-names.ts'
import { scheduleOf } from '../jobs.ts'
import type { Agent, Configuration, Fact, FactRow, Instant, Job, Prose } from '../nouns.ts'
import { at, prose } from '../nouns.ts'
import { lengthWords } from '../time.ts'
import { becauseWords } from '../words.ts'
import { row } from './check.ts'
import { causeOf, unknownCode } from './job-quarantine.ts'

export type ConfigurationStatus = {
  readonly domain: string
  readonly configurationId: string
  /** unknown: the jobs could not be read; never shown as good. */
  readonly state: 'good' | 'bad' | 'unknown'
  /** One sentence for a list. */
  readonly summary: Prose
  readonly rows: readonly FactRow[]
}

export type StatusInput = {
  readonly configurations: Fact<readonly Configuration[]>
  readonly jobs: Readonly<Record<string, Fact<readonly Job[]>>>
  readonly agents: Fact<readonly Agent[]>
  readonly now: Instant
}

const kinds = {
  provisioning: 'Users and groups',
  passwordHash: 'Password hashes',
  groupWriteback: 'Groups to AD',
  exchangeWriteback: 'Exchange writeback',
  other: 'Other job',
} as const

type JobView = { readonly bad: boolean; readonly state: Prose; readonly row: FactRow }

function jobState(job: Job, now: Instant): { bad: boolean; state: Prose } {
  const time = scheduleOf(job, now)
  switch (job.status) {
    case 'quarantine': {
      const began = job.quarantine?.seriesSince ?? job.quarantine?.since
      const cause = causeOf(job) ?? unknownCode(job)
      const since = began === undefined ? [] : prose` since ${at(began)}`
      return { bad: true, state: prose`Quarantined${since}: ${[cause?.short ?? 'no error is listed']}` }
    }
    case 'active':
      if (time.lateMs > 0)
        return { bad: true, state: prose`Active, but late by ${[lengthWords(time.lateMs)]}` }
      return time.running && time.lastBegan !== undefined
        ? { bad: false, state: prose`Running since ${at(time.lastBegan)}` }
        : { bad: false, state: ['Active, no cycle running now'] }
    case 'paused':
      return { bad: true, state: ['Paused'] }
    case 'disabled':
      return { bad: true, state: ['Disabled'] }
    case 'notRun':
      return { bad: true, state: ['Has not completed a first run'] }
    case 'notConfigured':
      return { bad: true, state: ['Not set up to the end'] }
    case 'unknown':
      return { bad: true, state: ['State not understood'] }
  }
}

/** One row per job: its state, then what one asks next. */
function viewOf(job: Job, from: { asOf: Instant; source: string }, now: Instant): JobView {
  const time = scheduleOf(job, now)
  const { bad, state } = jobState(job, now)
  const failing = job.status === 'active' && job.successiveFailures > 0
  const escrowed = job.lastExecution?.counts.countEscrowed ?? job.lastExecution?.counts.escrowed ?? 0
  const more: readonly Prose[] = [
    time.lastSuccess === undefined ? ['no success recorded'] : prose`last success ${at(time.lastSuccess)}`,
    ...(time.nextExpected === undefined ? [] : [prose`next cycle about ${at(time.nextExpected)}`]),
    ...(failing ? [prose`${job.successiveFailures} failures in a row`] : []),
    ...(escrowed > 0 ? [prose`${escrowed} objects with errors`] : []),
  ]
  const value = [...state, ...more.flatMap((part) => ['; ', ...part])]
  return { bad: bad || job.successiveFailures > 1, state, row: row(kinds[job.kind], value, from) }
}

function agentRow(domain: string, agents: Fact<readonly Agent[]>): { bad: boolean; row: FactRow } {
  if (!agents.known) {
    const why = `not known: ${becauseWords[agents.because]}`
    return { bad: false, row: row('Agents', [why], { source: agents.source }) }
  }
  const mine = agents.value.filter(
    (a) => a.domains.length === 0 || a.domains.some((d) => sameName(d, domain)),
  )
  const active = mine.filter((a) => a.status === 'active')
  const names = active.map((a) => a.machine).join(', ')
  return {
    bad: active.length === 0 && !mine.some((a) => a.status === 'unknown'),
    row: row(
      'Agents',
      prose`${active.length} of ${mine.length} active${names ? prose`: ${names}` : []}`,
      agents,
    ),
  }
}

function statusOfOne(configuration: Configuration, input: StatusInput): ConfigurationStatus {
  const { domain, id } = configuration
  const base = { domain, configurationId: id }
  const agents = agentRow(domain, input.agents)
  const jobs = input.jobs[id]
  if (!jobs?.known) {
    const why = jobs && !jobs.known ? jobs.because : 'unavailable'
    return {
      ...base,
      state: 'unknown',
      summary: prose`${domain}: its jobs could not be read (${[becauseWords[why]]})`,
      rows: [
        row('Jobs', prose`not known: ${[becauseWords[why]]}`, { source: jobs?.source ?? '' }),
        agents.row,
      ],
    }
  }
  if (jobs.value.length === 0) {
    return {
      ...base,
      state: 'bad',
      summary: prose`${domain}: no job`,
      rows: [row('Jobs', ['none'], jobs), agents.row],
    }
  }
  const views = jobs.value.map((job) => viewOf(job, jobs, input.now))
  const worst = views.find((v) => v.bad) ?? views[0]
  return {
    ...base,
    state: views.some((v) => v.bad) || agents.bad ? 'bad' : 'good',
    summary: prose`${domain}: ${
      worst && (worst.bad || !agents.bad) ? worst.state : ['no agent of this domain is active']
    }`,
    rows: [...views.map((v) => v.row), agents.row],
  }
}

/** One entry per configuration, troubled ones first; empty when the configurations are not known. */
export function statusOf(input: StatusInput): readonly ConfigurationStatus[] {
  if (!input.configurations.known) return []
  const order = { bad: 0, unknown: 1, good: 2 }
  return input.configurations.value
    .map((c) => statusOfOne(c, input))
    .sort((a, b) => order[a.state] - order[b.state] || a.domain.localeCompare(b.domain))
}
