// The time that Graph's own front end says, to find a machine whose clock is wrong.
const PATIENCE_MS = 10_000

/** From the Date header of any answer, also of a refusal; undefined when nothing answers. No token is sent. */
export async function graphDate(baseUrl: string): Promise<number | undefined> {
  try {
    const response = await fetch(`${baseUrl.replace(/\/{1,4}$/, '')}/v1.0/`, {
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    await response.body?.cancel()
    const told = Date.parse(response.headers.get('date') ?? '')
    return Number.isNaN(told) ? undefined : told
  } catch {
    return undefined
  }
}
