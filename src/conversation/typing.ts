// Shows that the bot is at work. Teams lets the sign fade, so it is repeated; it ends with the work, however that ends.
import type { Place } from '../nouns.ts'
import type { ConversationPort } from '../ports.ts'

const REPEAT_MS = 4000
/** Quick answers come without the sign: it would flash and cost a call. */
const FIRST_MS = 700

export async function withTyping<T>(
  port: Pick<ConversationPort, 'typing'>,
  place: Place,
  work: () => Promise<T>,
): Promise<T> {
  let showing = false
  const show = () => {
    // One that hangs is not followed by more.
    if (showing) return
    showing = true
    port
      .typing(place)
      // A sign that cannot be sent is no reason to fail the turn.
      .catch(() => undefined)
      .finally(() => {
        showing = false
      })
  }
  let repeat: NodeJS.Timeout | undefined
  const first = setTimeout(() => {
    show()
    repeat = setInterval(show, REPEAT_MS)
  }, FIRST_MS)
  try {
    return await work()
  } finally {
    clearTimeout(first)
    clearInterval(repeat)
  }
}
