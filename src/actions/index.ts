// What the actions room offers: propose → confirm → (approve) → execute once → watch → audit.
import type { Instant, Reply } from '../nouns.ts'
import { decisions, type Press } from './decide.ts'
import type { ActionsOptions, Click, Kit } from './kit.ts'
import { propose, refusal, type Wish } from './propose.ts'
import { turnSwitch } from './switch.ts'
import { tick } from './tick.ts'

export type { Press } from './decide.ts'
export type { ActionsOptions, Click, JobWatch, News } from './kit.ts'
export type { Wish } from './propose.ts'
export { type Action, actions, requestPreview, type Target } from './table.ts'

export type Actions = {
  propose(click: Click, wish: Wish): Promise<Reply>
  /** These check role and token themselves: do not refuse on a remembered role before. */
  confirm(click: Click, press: Press): Promise<Reply>
  approve(click: Click, press: Press): Promise<Reply>
  breakGlass(click: Click, press: Press & { readonly reason: string }): Promise<Reply>
  reject(click: Click, press: Press): Promise<Reply>
  cancel(click: Click, press: Press): Promise<Reply>
  /** The kill switch, for admins. */
  stop(click: Click): Promise<Reply>
  allow(click: Click): Promise<Reply>
  /** Expires offers, watches results, looks up lost answers. Call it at start and every few seconds. */
  tick(now: Instant): Promise<void>
}

export function createActions(options: ActionsOptions): Actions {
  const kit: Kit = { ...options, inFlight: new Set() }
  return {
    propose: (click, wish) => propose(kit, click, wish),
    ...decisions(kit),
    stop: (click) => turnSwitch(kit, click, 'stop').catch((error: unknown) => refusal(kit, error)),
    allow: (click) => turnSwitch(kit, click, 'allow').catch((error: unknown) => refusal(kit, error)),
    tick: (now) => tick(kit, now),
  }
}
