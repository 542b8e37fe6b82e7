import type { Place } from '../nouns.ts'
import type { ConversationPort } from '../ports.ts'

/** The indicator fades after a few seconds in the client. */
const EVERY_MS = 4000

/** Shows "typing" while `work` runs and stops when it ends, whether it returns or throws. */
export async function withTyping<T>(
  port: ConversationPort,
  place: Place,
  work: () => Promise<T>,
): Promise<T> {
  let showing = false
  const show = () => {
    if (showing) return
    showing = true
    // An indicator that could not be shown is no reason to fail.
    port
      .typing(place)
      .catch(() => undefined)
      .finally(() => {
        showing = false
      })
  }
  show()
  const timer = setInterval(show, EVERY_MS)
  try {
    return await work()
  } finally {
    clearInterval(timer)
  }
}
