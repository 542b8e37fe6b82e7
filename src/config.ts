// The only reader of the environment: checks all settings at once and fails closed, naming every problem.
import { type CloudName, clouds, isLoopbackHost, isLoopbackUrl } from './clouds.ts'
import type { ActionName, Role } from './nouns.ts'
import { actionNames, type Secret, type SettingName, type SettingValues, settingsTable } from './settings.ts'

const settingNames = Object.keys(settingsTable) as SettingName[]
/** Blank values of these are a mistake that would switch protection off; elsewhere blank means unset. */
const neverBlank: readonly SettingName[] = ['MicrosoftAppId', 'ALLOWED_TENANTS']
/** Platforms set these; they are read, not configured. */
const platformMarks = ['WEBSITE_SITE_NAME', 'CONTAINER_APP_NAME'] as const

export type Config = {
  readonly production: boolean
  /** Graph on loopback, outside production: the simulated tenant or another simulator. */
  readonly rehearsal: boolean
  /** The bot works on its own simulated tenant. */
  readonly simulatedTenant: boolean
  readonly anonymous: boolean
  /** Name of this deployment, kept in stored places: a reference of another environment is never used. */
  readonly environment: string
  readonly host: string
  readonly port: number
  readonly dataDir: string
  readonly databaseUrl: string | undefined
  readonly cloud: CloudName
  readonly graphBaseUrl: string | undefined
  readonly bot: {
    readonly appId: string | undefined
    readonly appType: 'UserAssignedMSI' | 'SingleTenant'
    readonly tenantId: string | undefined
    readonly password: Secret | undefined
    readonly allowedTenants: readonly string[]
    readonly openIdMetadataUrl: string
    readonly tokenServiceUrl: string
    /** A loopback serviceUrl is accepted and answered with the bearer "app". */
    readonly loopbackConnector: boolean
  }
  readonly signIn: {
    readonly appId: string | undefined
    readonly connection: string
    readonly agentsScope: string
  }
  readonly rolesFile: string | undefined
  readonly defaultRole: Role
  readonly actions: readonly ActionName[]
  readonly breakGlass: boolean
  readonly rosterFile: string | undefined
  readonly rulesFile: string | undefined
  readonly notesDir: string | undefined
  readonly pollSeconds: number
  readonly retentionDays: number
  readonly auditKey: Secret | undefined
  readonly pseudonymKey: Secret | undefined
  readonly heartbeatUrl: string | undefined
  readonly logLevel: string
  readonly metricsPort: number | undefined
  readonly warnings: readonly string[]
}

export type ConfigResult =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly string[] }
type Environment = Readonly<Record<string, string | undefined>>

function folded(name: string): string {
  return name.toLowerCase().replaceAll('_', '')
}

function misspelt(env: Environment): string[] {
  const byFold = new Map(settingNames.map((name) => [folded(name), name]))
  return Object.keys(env).flatMap((name) => {
    const meant = byFold.get(folded(name))
    return meant && meant !== name ? [`${name} is not a setting: did you mean ${meant}?`] : []
  })
}

function parseEach(env: Environment, problems: string[]): SettingValues {
  const values: Record<string, unknown> = {}
  for (const name of settingNames) {
    const raw = env[name]?.trim()
    if (raw === undefined) continue
    if (raw === '') {
      if (neverBlank.includes(name)) problems.push(`${name} is blank: give it a value or remove it`)
      continue
    }
    const parsed = settingsTable[name].schema.safeParse(raw)
    if (parsed.success) values[name] = parsed.data
    // The value itself is never repeated: it may be a secret that slipped into the wrong variable.
    else problems.push(`${name} ${parsed.error.issues[0]?.message ?? 'is not valid'}`)
  }
  return values as SettingValues
}

function checkAddresses(v: SettingValues, production: boolean, problems: string[]): void {
  const cloud = clouds[v.CLOUD ?? 'global']
  const secureOrLoopback: readonly SettingName[] = [
    'GRAPH_BASE_URL',
    'WEBHOOK_URL',
    'HEARTBEAT_URL',
    'AUDIT_ANCHOR_URL',
  ]
  for (const name of secureOrLoopback) {
    const address = v[name] as string | undefined
    if (address === undefined || address.startsWith('https://')) continue
    if (!isLoopbackUrl(address))
      problems.push(`${name} must use https; plain http is accepted on loopback only`)
    else if (production) problems.push(`${name} must use https in production`)
  }
  const fixed = {
    BOT_OPENID_METADATA_URL: cloud.openIdMetadata,
    BOT_TOKEN_SERVICE_URL: cloud.tokenService,
  } as const
  for (const [name, expected] of Object.entries(fixed) as [keyof typeof fixed, string][]) {
    const address = v[name]
    if (address === undefined || address === expected) continue
    if (production) problems.push(`${name} may differ from that of CLOUD only outside production`)
    else if (!isLoopbackUrl(address)) problems.push(`${name} may differ from that of CLOUD only on loopback`)
  }
}

function checkIdentity(v: SettingValues, production: boolean, problems: string[]): void {
  if (production && !v.MicrosoftAppId)
    problems.push(
      'MicrosoftAppId is required in production: the client id of the managed identity of the bot, see docs/deploy.md',
    )
  if (v.MicrosoftAppId && !v.MicrosoftAppTenantId)
    problems.push('MicrosoftAppTenantId is required with MicrosoftAppId')
  if (v.MicrosoftAppPassword && v.MicrosoftAppType !== 'SingleTenant')
    problems.push(
      'MicrosoftAppPassword belongs to MicrosoftAppType SingleTenant only; a managed identity has no password',
    )
  if (v.MicrosoftAppType === 'SingleTenant' && v.MicrosoftAppId && !v.MicrosoftAppPassword)
    problems.push('MicrosoftAppPassword is required with MicrosoftAppType SingleTenant')
  if (!production && !v.MicrosoftAppId && v.HOST && !isLoopbackHost(v.HOST))
    problems.push(
      'HOST must be a loopback address while MicrosoftAppId is unset: without it nobody is authenticated',
    )
  if (production) {
    for (const name of ['AUDIT_KEY', 'PSEUDONYM_KEY'] as const)
      if (!v[name])
        problems.push(`${name} is required in production: a Key Vault reference, see docs/deploy.md`)
    if (v.DATABASE_URL && new URL(v.DATABASE_URL).password)
      problems.push('DATABASE_URL must have no password in production: the managed identity signs in')
  }
  if (v.WEBHOOK_URL && !v.WEBHOOK_SECRET) problems.push('WEBHOOK_SECRET is required with WEBHOOK_URL')
  if (v.ACTIONS?.includes('none') && v.ACTIONS.length > 1)
    problems.push('ACTIONS has `none` beside other actions')
}

/** All problems at once, without values; or the settings the rest of the program works with. */
export function loadConfig(env: Environment = process.env): ConfigResult {
  const problems = misspelt(env)
  const v = parseEach(env, problems)
  const marked = platformMarks.find((name) => env[name])
  const production = v.NODE_ENV === 'production' || marked !== undefined
  checkAddresses(v, production, problems)
  checkIdentity(v, production, problems)
  if (problems.length > 0) return { ok: false, problems }
  return { ok: true, config: build(v, production, marked ? env[marked] : undefined) }
}

function build(v: SettingValues, production: boolean, siteName: string | undefined): Config {
  const cloudName = v.CLOUD ?? 'global'
  const cloud = clouds[cloudName]
  const rehearsal = !production && (v.GRAPH_BASE_URL === undefined || isLoopbackUrl(v.GRAPH_BASE_URL))
  const openIdMetadataUrl = v.BOT_OPENID_METADATA_URL ?? cloud.openIdMetadata
  const offered = v.ACTIONS?.filter((name) => name !== 'none')
  return {
    production,
    rehearsal,
    simulatedTenant: rehearsal && v.GRAPH_BASE_URL === undefined,
    anonymous: !production && !v.MicrosoftAppId,
    environment: siteName ?? (production ? 'production' : rehearsal ? 'rehearsal' : 'development'),
    host: v.HOST ?? (production ? '0.0.0.0' : '127.0.0.1'),
    port: v.PORT ?? 3978,
    dataDir: v.DATA_DIR ?? '.data',
    databaseUrl: v.DATABASE_URL,
    cloud: cloudName,
    graphBaseUrl: v.GRAPH_BASE_URL ?? (rehearsal ? undefined : cloud.graph),
    bot: {
      appId: v.MicrosoftAppId,
      appType: v.MicrosoftAppType ?? 'UserAssignedMSI',
      tenantId: v.MicrosoftAppTenantId,
      password: v.MicrosoftAppPassword,
      allowedTenants: v.ALLOWED_TENANTS ?? (v.MicrosoftAppTenantId ? [v.MicrosoftAppTenantId] : []),
      openIdMetadataUrl,
      tokenServiceUrl: v.BOT_TOKEN_SERVICE_URL ?? cloud.tokenService,
      loopbackConnector: !production && (!v.MicrosoftAppId || isLoopbackUrl(openIdMetadataUrl)),
    },
    signIn: {
      appId: v.SSO_APP_ID,
      connection: v.OAUTH_CONNECTION ?? 'graph',
      agentsScope: v.AGENTS_SCOPE ?? 'Policy.Read.HybridAuthentication',
    },
    rolesFile: v.ROLES_FILE,
    defaultRole: v.DEFAULT_ROLE ?? (rehearsal ? 'operator' : 'none'),
    actions: offered ?? (rehearsal ? [...actionNames] : []),
    breakGlass: v.BREAK_GLASS === 'on',
    rosterFile: v.ROSTER_FILE,
    rulesFile: v.RULES_FILE,
    notesDir: v.NOTES_DIR,
    pollSeconds: v.POLL_SECONDS ?? 60,
    retentionDays: v.RETENTION_DAYS ?? 400,
    auditKey: v.AUDIT_KEY,
    pseudonymKey: v.PSEUDONYM_KEY,
    heartbeatUrl: v.HEARTBEAT_URL,
    logLevel: v.LOG_LEVEL ?? 'info',
    metricsPort: v.METRICS_PORT,
    warnings: warningsAbout(v, production),
  }
}

/** Settings whose rooms are not built yet: said aloud at start, so that nobody relies on them. */
const notYetUsed: readonly SettingName[] = [
  'SHIFTS_TEAM_ID',
  'PAGERDUTY_ROUTING_KEY',
  'PAGERDUTY_API_TOKEN',
  'WEBHOOK_URL',
  'AUDIT_ANCHOR_URL',
  'APPLICATIONINSIGHTS_CONNECTION_STRING',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
]

function warningsAbout(v: SettingValues, production: boolean): string[] {
  const warnings = notYetUsed
    .filter((name) => v[name] !== undefined)
    .map((name) => `${name} is set but has no effect in this version`)
  if (production && v.MicrosoftAppPassword)
    warnings.push(
      'MicrosoftAppPassword is a secret that expires; a managed identity (MicrosoftAppType UserAssignedMSI) has none',
    )
  return warnings
}
