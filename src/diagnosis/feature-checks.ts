// Checks on features a tenant need not use: they run only when a dialog asks for them, since "off" is no fault.
import type { Job, JobKind } from '../nouns.ts'
import { prose } from '../nouns.ts'
import { articleOf } from './articles.ts'
import {
  blind,
  type Check,
  type Diagnosis,
  fail,
  jobsSeen,
  type Outcome,
  pass,
  row,
  step,
  words,
} from './check.ts'

type Feature = {
  readonly id: string
  /** Completes "… is not set up". */
  readonly name: string
  readonly isJob: (job: Job) => boolean
  readonly cause: string
  readonly turnOn: string
}

const ofKind = (kind: JobKind) => (job: Job) => job.kind === kind

const features: readonly Feature[] = [
  {
    id: 'feature.exchange-writeback-off',
    name: 'Exchange hybrid writeback',
    isJob: ofKind('exchangeWriteback'),
    cause: 'No job writes Exchange attributes back to AD, so nothing of them can arrive there.',
    turnOn: 'Switch it on in the basic properties of the configuration; AD must have the Exchange schema.',
  },
  {
    id: 'feature.device-sync-off',
    name: 'device synchronization',
    isJob: (job) => /devicesync/i.test(`${job.id} ${job.templateId}`),
    cause: 'No job reads computers from AD, so none of them can appear in Entra ID through Cloud Sync.',
    turnOn: 'Switch on device sync in the basic properties of the configuration.',
  },
  {
    id: 'feature.groups-to-ad-off',
    name: 'group provisioning to AD',
    isJob: ofKind('groupWriteback'),
    cause: 'No job writes groups from Entra ID to AD, so no cloud group can appear there.',
    turnOn: 'Create a configuration from Microsoft Entra ID to AD and put the group into its scope.',
  },
  {
    id: 'feature.password-hash-off',
    name: 'password hash synchronization',
    isJob: ofKind('passwordHash'),
    cause: 'No job reads password hashes, so passwords of AD do not work in the cloud by this way.',
    turnOn: 'Switch on password hash sync in the basic properties of the configuration.',
  },
]

/** Set up, and not only left over: a job that was never finished or is switched off does nothing. */
function runs(job: Job): boolean {
  return job.status !== 'notConfigured' && job.status !== 'notRun' && job.status !== 'disabled'
}

function look({ isJob, name, cause, turnOn }: Feature, jobs: ReturnType<typeof jobsSeen>): Outcome {
  const mine = jobs.jobs.filter(({ job }) => isJob(job))
  if (mine.some(({ job }) => runs(job))) return pass
  if (jobs.unseen) return blind(jobs.unseen, `whether ${name} is set up`)
  const [left] = mine
  const diagnosis: Diagnosis = {
    title: left
      ? prose`${[capital(name)]} of ${left.job.domain} was never switched on to the end`
      : words(`${capital(name)} is not set up`),
    cause: words(cause),
    evidence: left
      ? [row('Job', prose`${left.job.id}, status ${left.job.status}`, left)]
      : [row('Jobs of this kind', words('none'), jobs.jobs[0] ?? {})],
    nextSteps: [step('identity', words(turnOn))],
    verify: words('A job of this kind is listed and active.'),
    confidence: 'certain',
  }
  return fail(diagnosis)
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}

export const featureChecks: readonly Check[] = features.map((feature) => ({
  id: feature.id,
  title: `${capital(feature.name)} is set up`,
  article: articleOf(feature.id),
  severity: 'info',
  rank: 390,
  whenAsked: true,
  run: (snapshot) => look(feature, jobsSeen(snapshot)),
}))
