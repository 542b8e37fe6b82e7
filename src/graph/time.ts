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

export type MovableTime = Time & { move(ms: number): void }

const LOOK_MS = 200

/** For a simulated Graph, whose own clock is moved: what is waited for there passes with it. */
export function movableTime(): MovableTime {
  let ahead = 0
  const now = () => performance.now() + ahead
  return {
    now,
    async sleep(ms) {
      const until = now() + ms
      for (let left = ms; left > 0; left = until - now()) await steadyTime.sleep(Math.min(left, LOOK_MS))
    },
    move(ms) {
      ahead += ms
    },
  }
}
