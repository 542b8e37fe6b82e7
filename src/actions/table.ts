// The five writes that exist, as data: what each does in words, when it may be offered, what exactly is sent, and how
// its result is told. Nothing else writes to the tenant.

import { type ActionRightName, rights } from '../access/index.ts'
import { holdsDeletes } from '../jobs.ts'
import type { ActionName, Job, JobStatus, Proposal, Prose } from '../nouns.ts'
import { prose } from '../nouns.ts'

export type Target = Proposal['target']

export type Action = {
  readonly title: string
  readonly effect: (target: Target) => Prose
  readonly reversible: boolean
  /** Delegated permission of Microsoft Graph and the Entra role that carries it. */
  readonly permission: string
  readonly request: (target: Target) => { readonly path: string; readonly body?: string }
  /** Why it must not be offered now; undefined when it may. */
  readonly obstacle: (job: Job, target: Target) => Prose | undefined
  /** What tells, from the job alone, that a write whose answer was lost took effect; undefined: nothing can. */
  readonly tookEffect?: (job: Job, before: NonNullable<Proposal['before']>) => boolean
}

const PERMISSION = 'Synchronization.ReadWrite.All, with the Entra role Hybrid Identity Administrator'

const words: Readonly<Record<JobStatus, string>> = {
  active: 'active',
  paused: 'paused',
  quarantine: 'in quarantine',
  notConfigured: 'not configured',
  notRun: 'not run yet',
  disabled: 'disabled',
  unknown: 'in a state I do not know',
}

const base = (target: Target) =>
  `/v1.0/servicePrincipals/${encodeURIComponent(target.configurationId)}/synchronization/jobs/${encodeURIComponent(target.jobId)}`

const stands = (job: Job): Prose => prose`The job of ${job.domain} is ${{ strong: words[job.status] }}.`

export const actions: Readonly<Record<ActionName, Action>> = {
  provisionOnDemand: {
    title: 'Provision on demand',
    effect: () => [
      'One person is read from Active Directory now and written to Entra ID as the rules of the job say. ',
      'This is a real change, not a test; nobody else is touched.',
    ],
    reversible: false,
    permission: PERMISSION,
    request: (target) => ({
      path: `${base(target)}/provisionOnDemand`,
      body: JSON.stringify({
        parameters: [{ ruleId: target.ruleId, subjects: [{ objectId: target.dn, objectTypeName: 'user' }] }],
      }),
    }),
    obstacle: (_job, target) => {
      if (!target.dn) return ['I do not know the distinguished name of the person in Active Directory.']
      return target.ruleId ? undefined : ['I could not read which synchronization rule of the job applies.']
    },
  },
  start: {
    title: 'Start the job',
    effect: (target) =>
      prose`The synchronization job of ${target.domain} runs again: a pause ends, a quarantine is lifted. If the cause remains, the job goes back into quarantine.`,
    reversible: true,
    permission: PERMISSION,
    request: (target) => ({ path: `${base(target)}/start` }),
    obstacle: (job) =>
      job.status === 'paused' || job.status === 'quarantine'
        ? undefined
        : [...stands(job), ' Start is for paused jobs and quarantine only.'],
    tookEffect: (job, before) =>
      (before.status === 'paused' || before.status === 'quarantine') && job.status === 'active',
  },
  restart: {
    title: 'Restart the job',
    effect: (target) =>
      prose`The job of ${target.domain} forgets its watermark, its list of errors and a quarantine, and looks at every object in scope again. Nothing is deleted by this; a large domain can take hours, in which changes arrive later.`,
    reversible: false,
    permission: PERMISSION,
    request: (target) => ({ path: `${base(target)}/restart`, body: JSON.stringify({ criteria: {} }) }),
    obstacle: (job) => {
      if (holdsDeletes(job))
        return [...stands(job), ' Deletions are held: decide about them first; a restart hides them.']
      return job.status === 'active' || job.status === 'quarantine' || job.status === 'paused'
        ? undefined
        : [...stands(job), ' It cannot be restarted like this.']
    },
    tookEffect: (job, before) => before.status === 'quarantine' && job.status === 'active',
  },
  pause: {
    title: 'Pause the job',
    effect: (target) =>
      prose`The job of ${target.domain} stops: changes in Active Directory do not reach Entra ID until somebody starts it again. Its state is kept; other jobs of the domain, such as password hashes, go on.`,
    reversible: true,
    permission: PERMISSION,
    request: (target) => ({ path: `${base(target)}/pause` }),
    obstacle: (job) =>
      job.status === 'active' || job.status === 'quarantine'
        ? undefined
        : [...stands(job), ' There is nothing to pause.'],
    tookEffect: (job, before) => before.status !== 'paused' && job.status === 'paused',
  },
  allowDeletes: {
    title: 'Allow the held deletions',
    effect: (target) =>
      target.count === undefined
        ? prose`The deletions that the job of ${target.domain} holds back are carried out.`
        : prose`${target.count} held deletions of ${target.domain} are carried out. The objects go to the recycle bin of Entra ID, from where users can be restored for 30 days.`,
    reversible: false,
    permission: PERMISSION,
    request: (target) => ({
      path: `${base(target)}/restart`,
      body: JSON.stringify({ criteria: { resetScope: 'ForceDeletes' } }),
    }),
    obstacle: (job) => (holdsDeletes(job) ? undefined : [...stands(job), ' It holds no deletions.']),
    tookEffect: (job, before) => before.status === 'quarantine' && job.status === 'active',
  },
}

/** Role, approvals and rate of an action, from the one table of rights. */
export function rightOfAction(action: ActionName) {
  return rights[`action:${action}` satisfies ActionRightName]
}

/** Method, path and body exactly as they would be sent. */
export function requestPreview(action: ActionName, target: Target): string {
  const { path, body } = actions[action].request(target)
  return [`POST ${path}`, ...(body === undefined ? [] : [body])].join('\n')
}
