// From a wish in words ("restart fabrikam.com") to a proposal. What follows the proposal is src/actions.

import type { Click } from '../../actions/index.ts'
import { distinguishedName } from '../../diagnosis/index.ts'
import { sameName } from '../../directory-names.ts'
import { holdsDeletes } from '../../jobs.ts'
import type {
  ActionName,
  Block,
  Button,
  Configuration,
  Fact,
  Job,
  Proposal,
  Prose,
  ProvisioningEvent,
  Reply,
  Snapshot,
  Subject,
} from '../../nouns.ts'
import { personal, prose } from '../../nouns.ts'
import { placeKeyOf } from '../../place-key.ts'
import { becauseWords } from '../../words.ts'
import type { Services } from '../services.ts'
import { notice, type Response, say, type Turn } from '../turn.ts'
import { chooseCandidate } from './dialog-replies.ts'
import { tokenOf, unknownDomain } from './live.ts'

export function clickOf(turn: Turn): Click {
  const { event, person, place, now } = turn
  const card =
    event.kind === 'cardAction' && event.cardActivityId !== undefined
      ? { cardActivityId: event.cardActivityId }
      : {}
  return { person, place, placeKey: placeKeyOf(place), now, ...card }
}

type Found<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reply: Reply }

const attention = (title: string, ...lines: readonly string[]): Reply => ({
  ...notice(title, ...lines),
  tone: 'attention',
})

const sentences: Readonly<Record<ActionName, string>> = {
  provisionOnDemand: 'provision on demand',
  start: 'start',
  restart: 'restart',
  pause: 'pause',
  allowDeletes: 'allow deletions of',
}

/** The configuration that was named; the only one; else the person must choose. */
async function findConfiguration(
  services: Services,
  action: ActionName,
  domain: string | undefined,
): Promise<Found<Configuration>> {
  const all = await services.sync.configurations()
  if (!all.known)
    return {
      ok: false,
      reply: attention('I cannot see the configurations.', `Reason: ${becauseWords[all.because]}.`),
    }
  const named = domain === undefined ? undefined : all.value.find((one) => sameName(one.domain, domain))
  if (named) return { ok: true, value: named }
  if (domain !== undefined)
    return {
      ok: false,
      reply: unknownDomain(
        domain,
        all.value.map((one) => one.domain),
      ),
    }
  const [only, ...others] = all.value
  if (only && others.length === 0) return { ok: true, value: only }
  const choices: Button[] = all.value
    .slice(0, 5)
    .map((one) => ({ label: one.domain, say: `${sentences[action]} ${one.domain}` }))
  return {
    ok: false,
    reply: {
      kind: 'question',
      title: 'Which configuration?',
      ask: ['An action always names one domain.'],
      blocks: [],
      choices,
    },
  }
}

async function findJob(services: Services, configuration: Configuration): Promise<Found<Job>> {
  const jobs = await services.sync.jobs(configuration)
  if (!jobs.known)
    return {
      ok: false,
      reply: attention('I cannot read the jobs.', `Reason: ${becauseWords[jobs.because]}.`),
    }
  const job = jobs.value.find((one) => one.kind === 'provisioning') ?? jobs.value[0]
  return job
    ? { ok: true, value: job }
    : { ok: false, reply: attention('This configuration has no synchronization job.') }
}

/** start, restart, pause, allowDeletes: one job of one domain. */
export async function proposeForJob(
  turn: Turn,
  services: Services,
  wish: { readonly action: Exclude<ActionName, 'provisionOnDemand'>; readonly domain?: string },
): Promise<Response> {
  const configuration = await findConfiguration(services, wish.action, wish.domain)
  if (!configuration.ok) return say(configuration.reply)
  const job = await findJob(services, configuration.value)
  if (!job.ok) return say(job.reply)
  const target = {
    configurationId: configuration.value.id,
    domain: configuration.value.domain,
    jobId: job.value.id,
  }
  return say(await services.actions.propose(clickOf(turn), { action: wish.action, target }))
}

function targetOf(snapshot: Snapshot, job: Job): Found<Proposal['target']> {
  const { owner } = snapshot
  const dn = distinguishedName(snapshot)
  if (!owner.known)
    return {
      ok: false,
      reply: attention(
        'No configuration owns this object.',
        `Reason: ${becauseWords[owner.because]}. Name the domain, or paste the distinguished name.`,
      ),
    }
  if (dn === undefined)
    return {
      ok: false,
      reply: attention(
        'I do not know where this person is in Active Directory.',
        'On-demand provisioning needs the distinguished name. Paste it, for example: provision CN=Jane Doe,OU=Sales,DC=contoso,DC=com on demand',
      ),
    }
  const ruleId = snapshot.scope.known ? snapshot.scope.value[0]?.ruleId : undefined
  const objectId = snapshot.object.known ? { objectId: snapshot.object.value.id } : {}
  return {
    ok: true,
    value: {
      configurationId: owner.value.id,
      domain: owner.value.domain,
      jobId: job.id,
      dn,
      ...(ruleId === undefined ? {} : { ruleId }),
      ...objectId,
    },
  }
}

export async function proposeOnDemand(
  turn: Turn,
  services: Services,
  subject: Subject | undefined,
): Promise<Response> {
  if (subject?.kind !== 'object')
    return say({
      kind: 'question',
      title: 'Whom shall I provision?',
      ask: [
        'Name one person by address or distinguished name, for example: provision jane.doe@contoso.com on demand',
      ],
      blocks: [],
      choices: [],
    })
  const token = await tokenOf(turn, services)
  const snapshot = await services.sync.snapshotOf(subject, { now: turn.now, ...(token ? { token } : {}) })
  if (snapshot.candidates.length > 1)
    return say(chooseCandidate(turn.place, snapshot.candidates, (name) => `provision ${name} on demand`))
  const jobs = snapshot.owner.known ? snapshot.jobs[snapshot.owner.value.id] : undefined
  if (jobs && !jobs.known)
    return say(attention('I cannot read the jobs.', `Reason: ${becauseWords[jobs.because]}.`))
  const job = jobs?.value.find((one) => one.kind === 'provisioning')
  if (!job)
    return say(
      attention(
        'I found no provisioning job for this person.',
        'Say "status" to see the configurations I watch.',
      ),
    )
  const target = targetOf(snapshot, job)
  if (!target.ok) return say(target.reply)
  const reply = await services.actions.propose(clickOf(turn), {
    action: 'provisionOnDemand',
    target: target.value,
  })
  return { replies: [reply], session: { ...turn.session, subject } }
}

const MOST_ROWS = 25

function ouOf(dn: string): string {
  const [, ...rest] = dn.split(/(?<!\\),/)
  return rest.join(',') || 'not known'
}

/** Who would be deleted and from where: counts per OU everywhere, names one-to-one. */
export function heldBlocks(held: Fact<readonly ProvisioningEvent[]>, threshold?: number): readonly Block[] {
  if (!held.known)
    return [{ kind: 'text', prose: [`The held deletions could not be read: ${becauseWords[held.because]}.`] }]
  const byOu = new Map<string, number>()
  for (const event of held.value) {
    const dn =
      Object.entries(event.source.details).find(([key]) => /^(dn|distinguishedname)$/i.test(key))?.[1] ?? ''
    byOu.set(ouOf(dn), (byOu.get(ouOf(dn)) ?? 0) + 1)
  }
  const ous = [...byOu.entries()].sort((a, b) => b[1] - a[1]).slice(0, 10)
  const names = held.value
    .slice(0, MOST_ROWS)
    .map((event): Prose => [personal(event.source.name ?? event.target.name ?? event.id)])
  const more = held.value.length - names.length
  return [
    {
      kind: 'heading',
      text: `${held.value.length} deletions are held${threshold === undefined ? '' : `; the threshold is ${threshold}`}`,
    },
    {
      kind: 'table',
      columns: ['From', 'Objects'],
      // A container names no person, and who decides must see which one it is.
      rows: ous.map(([ou, n]): Prose[] => [[{ data: ou }], [String(n)]]),
    },
    { kind: 'list', ordered: false, items: more > 0 ? [...names, [`… and ${more} more`]] : names },
    {
      kind: 'facts',
      rows: [
        {
          name: 'Held deletions',
          value: prose`${held.value.length} in the provisioning log`,
          asOf: held.asOf,
          source: held.source,
        },
      ],
    },
  ]
}

/** Held deletions of one domain, or of every domain that has some. */
export async function heldDeletions(services: Services, domain: string | undefined): Promise<Response> {
  const all = await services.sync.configurations()
  if (!all.known)
    return say(attention('I cannot see the configurations.', `Reason: ${becauseWords[all.because]}.`))
  const wanted = all.value.filter((one) => domain === undefined || sameName(one.domain, domain))
  if (wanted.length === 0)
    return say(
      unknownDomain(
        domain ?? '',
        all.value.map((one) => one.domain),
      ),
    )
  const replies: Reply[] = []
  for (const configuration of wanted) {
    const jobs = await services.sync.jobs(configuration)
    if (!jobs.known)
      replies.push(
        attention(
          `I cannot read the jobs of one domain.`,
          `${configuration.domain}: ${becauseWords[jobs.because]}.`,
        ),
      )
    const job = jobs.known ? jobs.value.find(holdsDeletes) : undefined
    if (job) replies.push(await heldCard(services, configuration, job))
  }
  if (replies.length > 0) return say(...replies)
  return say(
    notice(
      'No deletions are held.',
      `Checked: ${wanted.map((one) => one.domain).join(', ')}. No job is in quarantine because of too many deletions.`,
    ),
  )
}

async function heldCard(services: Services, configuration: Configuration, job: Job): Promise<Reply> {
  const blocks = heldBlocks(await services.sync.heldDeletions(configuration, job), job.deleteThreshold)
  return {
    kind: 'notice',
    title: `Deletions of ${configuration.domain} wait for a decision`,
    tone: 'attention',
    blocks: [
      ...blocks,
      {
        kind: 'text',
        prose: [
          'If they are wanted, allow them: one person confirms, another approves. If not, put the objects back into scope first, then start the job again; nothing is deleted meanwhile.',
        ],
      },
    ],
    offers: [
      { label: 'Allow them…', say: `allow deletions of ${configuration.domain}` },
      { label: 'How to reject', say: `reject deletions of ${configuration.domain}` },
    ],
  }
}

/** Pressed on a card: the card names a configuration by its id, never by what would be done to it. */
export async function proposePressed(
  turn: Turn,
  services: Services,
  wish: { readonly action: ActionName; readonly configuration: string },
): Promise<Response> {
  if (wish.action === 'provisionOnDemand') return proposeOnDemand(turn, services, turn.session.subject)
  const all = await services.sync.configurations()
  const found = all.known ? all.value.find((one) => one.id === wish.configuration) : undefined
  if (!found)
    return say(attention('I do not see that configuration any more.', 'Say "status" for those I watch.'))
  return proposeForJob(turn, services, { action: wish.action, domain: found.domain })
}
