// The time that Graph's own front end says, to find a machine whose clock is wrong.
import { createOutbound } from '../outbound.ts'

const PATIENCE_MS = 10_000

/** From the Date header of any answer, also of a refusal; undefined when nothing answers. No token is sent. */
export async function graphDate(baseUrl: string): Promise<number | undefined> {
  const outbound = createOutbound()
  try {
    const { headers } = await outbound.send({
      url: `${baseUrl.replace(/\/{1,4}$/, '')}/v1.0/`,
      method: 'GET',
      timeoutMs: PATIENCE_MS,
    })
    const told = Date.parse(headers.date ?? '')
    return Number.isNaN(told) ? undefined : told
  } catch {
    return undefined
  } finally {
    outbound.close()
  }
}
