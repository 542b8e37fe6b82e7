// Which trace the running work belongs to, kept across await. Without an exporter the ids are our own, so that the
// lines of one turn can be joined all the same.
import { AsyncLocalStorage } from 'node:async_hooks'
import { randomBytes } from 'node:crypto'
import {
  type Context,
  type ContextManager,
  context,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span,
  TraceFlags,
  trace,
} from '@opentelemetry/api'

function createManager(): ContextManager {
  const storage = new AsyncLocalStorage<Context>()
  const manager: ContextManager = {
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (active, work, self, ...args) => storage.run(active, () => work.apply(self as never, args)),
    bind: (active, target) =>
      typeof target === 'function'
        ? (((...args: unknown[]) => storage.run(active, () => target(...args))) as typeof target)
        : target,
    enable: () => manager,
    disable: () => {
      storage.disable()
      return manager
    },
  }
  return manager
}

/** Idempotent; an SDK that registered a manager of its own keeps it. */
export function carryContext(): void {
  context.setGlobalContextManager(createManager())
}

/** Undefined outside any span. */
export function traceId(): string | undefined {
  const found = trace.getSpanContext(context.active())
  return found && isSpanContextValid(found) ? found.traceId : undefined
}

/** A span of the tracer as it is; where no exporter is set up, one that records nothing but has an id. */
export function identified(span: Span): Span {
  if (isSpanContextValid(span.spanContext())) return span
  return trace.wrapSpanContext({
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    traceFlags: TraceFlags.NONE,
  })
}
