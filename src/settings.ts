// Every setting, described once: the start-up check, .env.example and docs/configuration.md come from this table.
import { inspect } from 'node:util'
import { z } from 'zod'
import type { ActionName } from './nouns.ts'

/** A value that is never printed; `reveal` is the one way to read it. */
export class Secret {
  readonly #value: string
  constructor(value: string) {
    this.#value = value
  }
  reveal(): string {
    return this.#value
  }
  toString(): string {
    return '[secret]'
  }
  toJSON(): string {
    return '[secret]'
  }
  [inspect.custom](): string {
    return '[secret]'
  }
}

const guid = z
  .string()
  .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, 'must be a GUID')
  .transform((v) => v.toLowerCase())
const list = <T extends z.ZodType<string, string>>(item: T) =>
  z
    .string()
    .transform((v) =>
      v
        .split(',')
        .map((part) => part.trim())
        .filter(Boolean),
    )
    .pipe(z.array(item).min(1))
const secret = z
  .string()
  .min(1)
  .transform((v) => new Secret(v))
const port = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a port number')
  .transform(Number)
  .pipe(z.number().max(65535))
const url = z.url({ protocol: /^https?$/, error: 'must be an http(s) address' })
const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min).max(max))
export const actionNames = [
  'provisionOnDemand',
  'start',
  'restart',
  'pause',
  'allowDeletes',
] as const satisfies readonly ActionName[]
const key = z
  .string()
  .min(32, 'must have at least 32 characters')
  .transform((v) => new Secret(v))

export type SettingEntry = {
  readonly meaning: string
  readonly default: string
  readonly secret?: true
  readonly schema: z.ZodType
}

/** Name, meaning and check of every setting, in the order of the documentation. */
export const settingsTable = {
  NODE_ENV: {
    meaning: '`production` switches every production rule on',
    default: 'unset',
    schema: z.string(),
  },
  PORT: { meaning: 'where the one server listens', default: '3978', schema: port },
  HOST: {
    meaning: 'address the server listens on',
    default: '`127.0.0.1`, in production `0.0.0.0`',
    schema: z.string().regex(/^[A-Za-z0-9.:[\]-]+$/, 'must be a host name or address'),
  },
  DATA_DIR: {
    meaning: 'SQLite file, generated keys, audit anchors; a local disk',
    default: '`.data`',
    schema: z.string(),
  },
  DATABASE_URL: {
    meaning: '`postgres://…` chooses PostgreSQL; in production without a password',
    default: 'unset: SQLite',
    schema: z.string().regex(/^postgres(ql)?:\/\//, 'must begin with postgres://'),
  },
  CLOUD: {
    meaning:
      '`global`, `gcc`, `gcchigh`, `dod`, `china`: hosts of sign-in, Graph, Connector, token service, portal links',
    default: '`global`',
    schema: z.enum(['global', 'gcc', 'gcchigh', 'dod', 'china']),
  },
  GRAPH_BASE_URL: {
    meaning: 'another root of Graph; plain http on loopback only',
    default: 'in production that of `CLOUD`, else the rehearsal tenant',
    schema: url,
  },
  MicrosoftAppId: {
    meaning: 'client id of the bot; switches the token gate on',
    default: 'unset',
    schema: guid,
  },
  MicrosoftAppType: {
    meaning: '`UserAssignedMSI`; `SingleTenant` for hosts outside Azure',
    default: '`UserAssignedMSI`',
    schema: z.enum(['UserAssignedMSI', 'SingleTenant']),
  },
  MicrosoftAppTenantId: {
    meaning: 'home tenant, the one watched',
    default: 'required with `MicrosoftAppId`',
    schema: guid,
  },
  MicrosoftAppPassword: {
    meaning: 'only with `SingleTenant`; Graph then uses the same registration',
    default: 'unset',
    secret: true,
    schema: secret,
  },
  ALLOWED_TENANTS: {
    meaning: 'tenants whose people may talk to the bot, comma-separated',
    default: '`MicrosoftAppTenantId`',
    schema: list(guid),
  },
  BOT_OPENID_METADATA_URL: {
    meaning: "Connector's signing keys; other than `CLOUD`'s only outside production and on loopback",
    default: 'of `CLOUD`',
    schema: url,
  },
  BOT_TOKEN_SERVICE_URL: {
    meaning: "token service; other than `CLOUD`'s only outside production and on loopback",
    default: 'of `CLOUD`',
    schema: url,
  },
  SSO_APP_ID: {
    meaning: 'app registration that people sign in to',
    default: 'unset: no sign-in, so agents unknown and no actions (rehearsal has a sign-in of its own)',
    schema: guid,
  },
  OAUTH_CONNECTION: {
    meaning: "name of the bot's OAuth connection",
    default: '`graph`',
    schema: z.string().regex(/^[\w-]{1,64}$/, 'must be a connection name'),
  },
  AGENTS_SCOPE: {
    meaning: 'delegated scope asked for to read agents',
    default: '`Policy.Read.HybridAuthentication`',
    schema: z.string().regex(/^[\w.-]+$/, 'must be a scope name'),
  },
  ROLES_FILE: {
    meaning:
      'YAML, role to object ids of people, for those whose token carries no app role; memberships of groups are not looked up',
    default: 'unset',
    schema: z.string(),
  },
  DEFAULT_ROLE: {
    meaning: 'role of anybody else from an allowed tenant: `none` (knowledge only) or `viewer`',
    default: '`none`; rehearsal: operator',
    schema: z.enum(['none', 'viewer']),
  },
  ACTIONS: {
    meaning:
      'actions offered, comma-separated: `provisionOnDemand,start,restart,pause,allowDeletes`; none = read-only',
    default: 'all in rehearsal, else none',
    schema: list(z.enum([...actionNames, 'none'])),
  },
  BREAK_GLASS: {
    meaning: '`on`: an admin may stand in for the second person, with a reason; all approvers are told',
    default: '`off`',
    schema: z.enum(['on', 'off']),
  },
  ROSTER_FILE: {
    meaning: 'YAML: who is on call, escalation chain, fallback target',
    default: 'rehearsal: a sample; else unset',
    schema: z.string(),
  },
  SHIFTS_TEAM_ID: { meaning: 'team whose Shifts schedule is the roster', default: 'unset', schema: guid },
  PAGERDUTY_ROUTING_KEY: {
    meaning: 'forward incidents to PagerDuty',
    default: 'unset',
    secret: true,
    schema: secret,
  },
  PAGERDUTY_API_TOKEN: {
    meaning: 'read a PagerDuty schedule named in `ROSTER_FILE`',
    default: 'unset',
    secret: true,
    schema: secret,
  },
  WEBHOOK_URL: { meaning: 'forward incidents to this address', default: 'unset', schema: url },
  WEBHOOK_SECRET: {
    meaning: 'signs what is forwarded to `WEBHOOK_URL`',
    default: 'unset',
    secret: true,
    schema: secret,
  },
  HEARTBEAT_URL: { meaning: "dead-man's switch, pinged by the auditor", default: 'unset', schema: url },
  RULES_FILE: {
    meaning: 'YAML, changes severities and thresholds of the built-in alert rules',
    default: 'unset',
    schema: z.string(),
  },
  NOTES_DIR: { meaning: "the organisation's own Markdown notes", default: 'unset', schema: z.string() },
  POLL_SECONDS: {
    meaning: 'time between two polls of a configuration',
    default: '60',
    schema: whole(15, 3600),
  },
  RETENTION_DAYS: {
    meaning: 'how long incidents and audit are kept',
    default: '400',
    schema: whole(30, 3650),
  },
  AUDIT_KEY: {
    meaning: 'HMAC key of the audit chain',
    default: 'made in `DATA_DIR`; required in production',
    secret: true,
    schema: key,
  },
  PSEUDONYM_KEY: {
    meaning: 'HMAC key of ids in logs',
    default: 'made in `DATA_DIR`; required in production',
    secret: true,
    schema: key,
  },
  AUDIT_ANCHOR_URL: {
    meaning: 'blob container for heads of the audit chain',
    default: 'unset: files in `DATA_DIR`',
    schema: url,
  },
  LOG_LEVEL: {
    meaning: 'level of the log',
    default: '`info`',
    schema: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
  },
  METRICS_PORT: {
    meaning: 'Prometheus text on a second port, loopback or VNet only',
    default: 'unset: off',
    schema: port,
  },
  APPLICATIONINSIGHTS_CONNECTION_STRING: {
    meaning: 'where telemetry goes',
    default: 'unset',
    schema: z.string(),
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    meaning: 'where telemetry goes, OpenTelemetry protocol',
    default: 'unset',
    schema: url,
  },
} as const satisfies Record<string, SettingEntry>

export type SettingName = keyof typeof settingsTable
export type SettingValues = { readonly [K in SettingName]?: z.output<(typeof settingsTable)[K]['schema']> }
