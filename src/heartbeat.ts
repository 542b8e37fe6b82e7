// The dead-man's switch: as long as this address is called, somebody outside knows that the watch is awake.
import { createOutbound } from './outbound.ts'

const PATIENCE_MS = 5_000

export type Heartbeat = {
  /** Rejects when the address did not answer with success; the caller logs it and goes on. */
  beat(): Promise<void>
  close(): void
}

class HeartbeatRefused extends Error {
  readonly code: string

  constructor(status: number) {
    super('the heartbeat address refused')
    this.name = 'HeartbeatRefused'
    this.code = `HTTP${status}`
  }
}

export function createHeartbeat(url: string): Heartbeat {
  const outbound = createOutbound()
  return {
    async beat() {
      const { status } = await outbound.send({ url, method: 'GET', timeoutMs: PATIENCE_MS })
      if (status < 200 || status > 299) throw new HeartbeatRefused(status)
    },
    close: () => outbound.close(),
  }
}
