// From one reading of a configuration's jobs to observations. Pure. A failed read is unknown, never good.
import { noAgentError } from '../jobs.ts'
import type { Configuration, Fact, Instant, Job, Observation, Prose } from '../nouns.ts'
import { prose } from '../nouns.ts'
import { jobName, type Verdict } from './job-rules.ts'
import { type Rule, type RuleId, type Rules, ruleIds } from './rules.ts'

/** A job that was seen before; kept, so that an empty list is not taken for "all well". */
export type KnownJob = { readonly id: string; readonly kind: Job['kind']; readonly domain: string }

export type Reading = {
  readonly tenantId: string
  readonly configuration: Configuration
  readonly jobs: Fact<readonly Job[]>
  readonly known: readonly KnownJob[]
}

type About = { readonly jobId?: string; readonly subject: string }

function observation(
  reading: Reading,
  rule: Rule,
  given: About & { readonly verdict: Verdict; readonly asOf: Instant },
): Observation {
  const { verdict, asOf, jobId, subject } = given
  // RULES_FILE has the last word: a rule's own finer severity only counts while nobody changed it.
  const severity =
    verdict.severity !== undefined && rule.severity === 'critical' ? verdict.severity : rule.severity
  return {
    ruleId: rule.id,
    tenantId: reading.tenantId,
    configurationId: reading.configuration.id,
    ...(jobId === undefined ? {} : { jobId }),
    subject,
    state: verdict.state,
    severity,
    asOf,
    title: verdict.title,
    facts: verdict.facts,
  }
}

const unknownVerdict = (why: Prose): Verdict => ({ state: 'unknown', title: why, facts: [] })

function ofJob(
  reading: Reading,
  job: Job,
  given: { rules: Rules; asOf: Instant; now: Instant },
): Observation[] {
  return ruleIds.flatMap((id) => {
    const rule = given.rules[id]
    if (!rule.enabled || !rule.derive) return []
    const verdict = rule.derive(job, { asOf: given.asOf, now: given.now, thresholds: rule.thresholds })
    return [observation(reading, rule, { jobId: job.id, subject: job.domain, verdict, asOf: given.asOf })]
  })
}

function presence(
  reading: Reading,
  job: KnownJob,
  given: { rule: Rule; asOf: Instant; here: boolean },
): Observation {
  const { rule, asOf, here } = given
  const verdict: Verdict = here
    ? { state: 'good', title: [...jobName(job), ' is there'], facts: [] }
    : {
        state: 'bad',
        title: [...jobName(job), ' is no longer in the list of jobs'],
        facts: [
          { name: 'Domain', value: [{ data: job.domain }], asOf, source: 'Graph, synchronization jobs' },
        ],
      }
  return observation(reading, rule, { jobId: job.id, subject: job.domain, verdict, asOf })
}

/** Agents are not readable without a person, so they are inferred: jobs that name them as their trouble. */
function agentsOf(reading: Reading, jobs: readonly Job[], given: { rule: Rule; asOf: Instant }): Observation {
  const { rule, asOf } = given
  const { domain } = reading.configuration
  const blaming = jobs.filter((job) => noAgentError(job) !== undefined)
  const about = { subject: domain, asOf }
  if (blaming.length >= (rule.thresholds.jobs ?? 2))
    return observation(reading, rule, {
      ...about,
      verdict: {
        state: 'bad',
        title: prose`No agent of ${domain} answers, as ${blaming.length} jobs say`,
        facts: blaming.map((job) => ({
          name: `Error (${job.kind})`,
          value: [{ data: noAgentError(job)?.code ?? '' }],
          asOf,
          source: 'Graph, synchronization jobs',
        })),
      },
    })
  const works = jobs.some(
    (job) => job.lastExecution?.state === 'succeeded' || job.lastExecution?.state === 'entryLevelErrors',
  )
  // A job that runs through needs an agent that answers: that is the positive evidence.
  return observation(reading, rule, {
    ...about,
    verdict:
      blaming.length === 0 && works
        ? { state: 'good', title: prose`The agents of ${domain} answer`, facts: [] }
        : unknownVerdict(prose`The agents of ${domain} cannot be judged`),
  })
}

function nothingKnown(reading: Reading, rules: Rules, now: Instant): Observation[] {
  const title = prose`The jobs of ${reading.configuration.domain} could not be read`
  const verdict = unknownVerdict(title)
  const perJob = reading.known.flatMap((job) =>
    ruleIds
      .filter((id) => rules[id].enabled && (rules[id].derive !== undefined || id === 'job.missing'))
      .map((id) =>
        observation(reading, rules[id], { jobId: job.id, subject: job.domain, verdict, asOf: now }),
      ),
  )
  const agents = rules['agents.all_inactive']
  const subject = reading.configuration.domain
  return agents.enabled ? [observation(reading, agents, { subject, verdict, asOf: now }), ...perJob] : perJob
}

/** Causes first: an inhibitor is known before what it hides. */
const order = new Map<string, number>(ruleIds.map((id: RuleId, i) => [id, i]))

/** What one poll of a configuration says under these rules. */
export function observe(reading: Reading, rules: Rules, now: Instant): readonly Observation[] {
  const { jobs, known } = reading
  if (!jobs.known) return nothingKnown(reading, rules, now)
  const asOf = jobs.asOf
  const here = new Map(jobs.value.map((job) => [job.id, job]))
  const missing = rules['job.missing']
  const agents = rules['agents.all_inactive']
  const all: Observation[] = jobs.value.flatMap((job) => ofJob(reading, job, { rules, asOf, now }))
  if (agents.enabled) all.push(agentsOf(reading, jobs.value, { rule: agents, asOf }))
  for (const job of known) {
    if (missing.enabled) all.push(presence(reading, job, { rule: missing, asOf, here: here.has(job.id) }))
    if (here.has(job.id)) continue
    // A job that is not listed says nothing about its health.
    const verdict = unknownVerdict([...jobName(job), ' is not listed'])
    for (const id of ruleIds)
      if (rules[id].enabled && rules[id].derive)
        all.push(observation(reading, rules[id], { jobId: job.id, subject: job.domain, verdict, asOf }))
  }
  return all.sort((a, b) => (order.get(a.ruleId) ?? 0) - (order.get(b.ruleId) ?? 0))
}
