// Waiting and measuring, so that tests need not wait. Not the store's clock: moving that one passes days
// for the alerts but must neither end nor prolong a pause that Graph asked for.

export type Time = {
  /** Milliseconds of a clock that never jumps; its zero means nothing. */
  now(): number
  sleep(ms: number): Promise<void>
}

export const steadyTime: Time = {
  now: () => performance.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
}
