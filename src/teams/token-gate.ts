// Who may hand us an activity. First the token alone, before a byte of the body is read; then that token, body and
// headers agree on bot, channel, service URL and tenant.
import { type CloudName, clouds } from '../clouds.ts'
import type { Outbound } from '../outbound.ts'
import type { Clock } from '../ports.ts'
import type { Activity } from './activity.ts'
import { isAllowedServiceUrl, type ServiceUrlRule } from './service-url.ts'
import { createSigningKeys } from './signing-keys.ts'
import { checkToken, type TokenClaims, type TokenFault, type TokenRules } from './token.ts'

export type GateOptions = {
  /** Client id of the bot, a GUID. */
  readonly appId: string
  readonly tenants: readonly string[]
  readonly cloud: CloudName
  readonly openIdMetadataUrl: string
  /** A loopback serviceUrl is accepted: outside production, with metadata on loopback. */
  readonly allowLoopback: boolean
}

export type Identity = {
  readonly tenantId: string
  readonly serviceUrl: string
  /** False in anonymous rehearsal: nothing was proven. */
  readonly authenticated: boolean
}

export type GateFault = TokenFault | 'channel' | 'serviceUrl' | 'tenant' | 'recipient'
export type Refusal = { readonly ok: false; readonly status: 401 | 403; readonly reason: GateFault }
export type Authentication = { readonly ok: true; readonly claims: TokenClaims | undefined } | Refusal
export type Agreement = { readonly ok: true; readonly identity: Identity } | Refusal

export type Presented = {
  readonly activity: Activity
  /** Header x-ms-tenant-id, when sent. */
  readonly tenantHeader: string | undefined
}

export type Gate = {
  readonly on: boolean
  authenticate(authorization: readonly string[]): Promise<Authentication>
  agree(claims: TokenClaims | undefined, presented: Presented): Agreement
  /** Signing keys are at hand and fresh enough. */
  ready(): Promise<boolean>
}

const channel = 'msteams'
const guid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/

const refuse = (status: 401 | 403, reason: GateFault): Refusal => ({ ok: false, status, reason })

/** The one tenant everything names, or undefined when nothing or different things are named. */
function namedTenant({ activity, tenantHeader }: Presented): string | undefined {
  const named = [activity.conversation.tenantId, activity.channelData?.tenant?.id, tenantHeader].filter(
    (id) => id !== undefined,
  )
  const [first, ...others] = named.map((id) => id.toLowerCase())
  return others.every((other) => other === first) ? first : undefined
}

function checkedId(value: string, what: string): string {
  const id = value.trim().toLowerCase()
  if (!guid.test(id)) throw new TypeError(`${what} must be a GUID`)
  return id
}

/** Throws a TypeError when the options would leave the gate open: no app id, no tenant. */
export function createTokenGate(
  options: GateOptions,
  tools: { readonly clock: Clock; readonly outbound: Outbound },
): Gate {
  const appId = checkedId(options.appId, 'appId')
  const tenants = new Set(options.tenants.map((id) => checkedId(id, 'each tenant')))
  if (tenants.size === 0) throw new TypeError('at least one tenant must be allowed')
  const cloud = clouds[options.cloud]
  const urls: ServiceUrlRule = { hosts: cloud.connectorHosts, loopback: options.allowLoopback }
  const keys = createSigningKeys({ metadataUrl: options.openIdMetadataUrl, ...tools })
  const rules: TokenRules = {
    issuer: cloud.tokenIssuer,
    audience: appId,
    endorsement: channel,
    keys,
    clock: tools.clock,
  }
  return {
    on: true,
    async authenticate(authorization) {
      const result = await checkToken(authorization, rules)
      return result.ok ? result : refuse(401, result.fault)
    },
    agree(claims, presented) {
      const { activity } = presented
      if (activity.channelId !== channel) return refuse(403, 'channel')
      if (claims?.serviceUrl !== activity.serviceUrl) return refuse(403, 'serviceUrl')
      if (!isAllowedServiceUrl(activity.serviceUrl, urls)) return refuse(403, 'serviceUrl')
      if (activity.recipient.id !== `28:${appId}`) return refuse(403, 'recipient')
      const tenantId = namedTenant(presented)
      if (tenantId === undefined || !tenants.has(tenantId)) return refuse(403, 'tenant')
      return { ok: true, identity: { tenantId, serviceUrl: activity.serviceUrl, authenticated: true } }
    },
    ready: () => keys.ready(),
  }
}

/** Rehearsal without an app id: no token, but still only loopback and one tenant. */
export function createAnonymousGate(homeTenant: string): Gate {
  const urls: ServiceUrlRule = { hosts: [], loopback: true }
  return {
    on: false,
    authenticate: async () => ({ ok: true, claims: undefined }),
    agree(_claims, presented) {
      const { serviceUrl } = presented.activity
      if (!isAllowedServiceUrl(serviceUrl, urls)) return refuse(403, 'serviceUrl')
      // Whatever tenant a local tool makes up, in rehearsal there is only the simulated one.
      return { ok: true, identity: { tenantId: homeTenant, serviceUrl, authenticated: false } }
    },
    ready: async () => true,
  }
}
