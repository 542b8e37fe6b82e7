// Log, metrics and spans. No personal data: ids enter a log only as pseudonyms, texts never.
import { createHmac } from 'node:crypto'
import { context, ROOT_CONTEXT, type Span, SpanStatusCode, trace } from '@opentelemetry/api'
import { type DestinationStream, type Logger, pino } from 'pino'
import { carryContext, identified, traceId } from './trace-context.ts'

/** Every metric there is. Labels are few and closed; no tenant, person or object is ever a label. */
export const metricTable = {
  bot_turns_total: {
    type: 'counter',
    help: 'Turns handled, by activity type and outcome',
    labels: ['type', 'outcome'],
  },
  bot_turn_duration_seconds: { type: 'histogram', help: 'Time from request to answer', labels: [] },
  bot_auth_rejected_total: {
    type: 'counter',
    help: 'Requests the token gate refused, by reason',
    labels: ['reason'],
  },
  graph_requests_total: {
    type: 'counter',
    help: 'Requests to Microsoft Graph, by query and status',
    labels: ['route', 'status'],
  },
  graph_throttled_total: { type: 'counter', help: 'Answers 429 of Microsoft Graph', labels: [] },
  graph_retry_after_seconds: { type: 'gauge', help: 'Newest Retry-After of Microsoft Graph', labels: [] },
  poll_lag_seconds: { type: 'histogram', help: 'Delay of a poll behind its due time', labels: [] },
  monitor_blind: { type: 'gauge', help: '1 while no poll has been good for 15 minutes', labels: [] },
  incidents_open: {
    type: 'gauge',
    help: 'Open incidents, by rule and severity',
    labels: ['rule', 'severity'],
  },
  outbox_pending: { type: 'gauge', help: 'Messages waiting to be delivered', labels: [] },
  outbox_oldest_seconds: { type: 'gauge', help: 'Age of the oldest waiting message', labels: [] },
  outbox_dead_total: { type: 'counter', help: 'Messages given up, by code', labels: ['code'] },
  lease_held: { type: 'gauge', help: '1 while this process holds the lease', labels: ['name'] },
  escalation_overdue_seconds: {
    type: 'gauge',
    help: 'Age of the oldest overdue escalation step',
    labels: [],
  },
  auditor_passes_total: { type: 'counter', help: 'Passes of the auditor', labels: [] },
  auditor_repairs_total: { type: 'counter', help: 'Incidents the auditor had to repair', labels: [] },
  breaker_open: { type: 'gauge', help: '1 while the circuit breaker is open', labels: ['dependency'] },
  audit_chain_length: { type: 'gauge', help: 'Rows in the audit chain', labels: [] },
  privileged_ops_total: {
    type: 'counter',
    help: 'Privileged operations, by action and outcome',
    labels: ['op', 'outcome'],
  },
} as const satisfies Record<
  string,
  { type: 'counter' | 'gauge' | 'histogram'; help: string; labels: readonly string[] }
>

export type MetricName = keyof typeof metricTable
type Labels = Readonly<Record<string, string>>

const buckets = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30]
const SERIES_PER_METRIC = 40

export type Metrics = {
  count(name: MetricName, labels?: Labels, by?: number): void
  set(name: MetricName, value: number, labels?: Labels): void
  observe(name: MetricName, seconds: number): void
  /** Prometheus text format. */
  text(): string
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([k, v]) => `${k}="${v.replace(/[\\"\n]/g, '_')}"`)
  return pairs.length > 0 ? `{${pairs.join(',')}}` : ''
}

function createMetrics(): Metrics {
  const values = new Map<MetricName, Map<string, number>>()
  const histograms = new Map<MetricName, { counts: number[]; sum: number; total: number }>()
  const series = (name: MetricName) => {
    const found = values.get(name) ?? new Map<string, number>()
    values.set(name, found)
    return found
  }
  const key = (name: MetricName, labels: Labels) => {
    const text = labelText(labels)
    const all = series(name)
    // A runaway label value must not grow memory: everything new beyond the limit is counted as "other".
    if (all.has(text) || all.size < SERIES_PER_METRIC) return text
    return labelText(Object.fromEntries(Object.keys(labels).map((k) => [k, 'other'])))
  }
  return {
    count(name, labels = {}, by = 1) {
      const k = key(name, labels)
      series(name).set(k, (series(name).get(k) ?? 0) + by)
    },
    set(name, value, labels = {}) {
      series(name).set(key(name, labels), value)
    },
    observe(name, seconds) {
      const h = histograms.get(name) ?? { counts: buckets.map(() => 0), sum: 0, total: 0 }
      histograms.set(name, h)
      buckets.forEach((limit, i) => {
        if (seconds <= limit) h.counts[i] = (h.counts[i] ?? 0) + 1
      })
      h.sum += seconds
      h.total += 1
    },
    text() {
      const lines: string[] = []
      for (const [name, entry] of Object.entries(metricTable) as [
        MetricName,
        (typeof metricTable)[MetricName],
      ][]) {
        lines.push(`# HELP ${name} ${entry.help}`, `# TYPE ${name} ${entry.type}`)
        if (entry.type === 'histogram') {
          const h = histograms.get(name) ?? { counts: buckets.map(() => 0), sum: 0, total: 0 }
          buckets.forEach((limit, i) => {
            lines.push(`${name}_bucket{le="${limit}"} ${h.counts[i] ?? 0}`)
          })
          lines.push(
            `${name}_bucket{le="+Inf"} ${h.total}`,
            `${name}_sum ${h.sum}`,
            `${name}_count ${h.total}`,
          )
        } else if (entry.labels.length === 0) {
          lines.push(`${name} ${values.get(name)?.get('') ?? 0}`)
        } else {
          for (const [labels, value] of values.get(name) ?? []) lines.push(`${name}${labels} ${value}`)
        }
      }
      return `${lines.join('\n')}\n`
    },
  }
}

export type Telemetry = {
  readonly log: Logger
  readonly metrics: Metrics
  /** A stable stand-in for an id, so that lines about one person can be joined without naming them. */
  pseudonym(id: string): string
  /** Runs work inside a span; a throw marks it failed and goes on upwards. `root`: whoever asked, it is a trace of its own. */
  span<T>(name: string, work: (span: Span) => Promise<T>, how?: 'root'): Promise<T>
  /** Of the running turn or round; in every log line, and on cards that tell of a failure. */
  traceId(): string | undefined
}

export function createTelemetry(options: {
  level: string
  pseudonymKey: string
  destination?: DestinationStream
}): Telemetry {
  const settings = {
    level: options.level,
    base: null,
    mixin: () => {
      const id = traceId()
      return id === undefined ? {} : { trace: id }
    },
    timestamp: pino.stdTimeFunctions.isoTime,
    // An allow-list for errors: name, code and where it happened. Messages of libraries may quote input.
    serializers: {
      err: (error: unknown) =>
        error instanceof Error
          ? {
              name: error.name,
              code: 'code' in error ? String(error.code) : undefined,
              at: error.stack
                ?.split('\n')
                .slice(1, 6)
                .map((line) => line.trim()),
              cause:
                error.cause instanceof Error
                  ? {
                      name: error.cause.name,
                      at: error.cause.stack
                        ?.split('\n')
                        .slice(1, 4)
                        .map((line) => line.trim()),
                    }
                  : undefined,
            }
          : { name: typeof error },
    },
  }
  carryContext()
  const tracer = trace.getTracer('sync-medic')
  return {
    log: options.destination ? pino(settings, options.destination) : pino(settings),
    metrics: createMetrics(),
    pseudonym: (id) => createHmac('sha256', options.pseudonymKey).update(id).digest('base64url').slice(0, 12),
    traceId,
    span: (name, work, how) => {
      const parent = how === 'root' ? ROOT_CONTEXT : context.active()
      const span = identified(tracer.startSpan(name, {}, parent))
      return context.with(trace.setSpan(parent, span), async () => {
        try {
          return await work(span)
        } catch (error) {
          span.setStatus({ code: SpanStatusCode.ERROR })
          throw error
        } finally {
          span.end()
        }
      })
    },
  }
}
