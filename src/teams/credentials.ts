// With what the bot shows itself to the Connector: nothing, a fixed word on loopback, or its identity in Azure.
import { ConfigurationServiceClientCredentialFactory } from 'botbuilder'

export type BotCredentials =
  | { readonly kind: 'none' }
  /** Tests with keys of their own: "Bearer app" and no token service. */
  | { readonly kind: 'loopback' }
  | { readonly kind: 'UserAssignedMSI'; readonly appId: string; readonly tenantId: string }
  | {
      readonly kind: 'SingleTenant'
      readonly appId: string
      readonly tenantId: string
      readonly password: string
    }

type Factory = ConfigurationServiceClientCredentialFactory
export type CredentialsFactory = Pick<
  Factory,
  'isValidAppId' | 'isAuthenticationDisabled' | 'createCredentials'
>
type Credentials = Awaited<ReturnType<Factory['createCredentials']>>
type Signable = Parameters<Credentials['signRequest']>[0]

export function appIdOf(credentials: BotCredentials): string {
  return 'appId' in credentials ? credentials.appId : ''
}

function fixed(sign: (request: Signable) => void): CredentialsFactory {
  const credentials: Credentials = {
    async signRequest(request) {
      sign(request)
      return request
    },
  }
  return {
    isValidAppId: async () => true,
    // Never asked to judge what comes in: our own gate has done that.
    isAuthenticationDisabled: async () => false,
    createCredentials: async () => credentials,
  }
}

/** One credentials object per audience: each of a managed identity would build a token chain of its own. */
function remembered(inner: Factory): CredentialsFactory {
  const made = new Map<string, Promise<Credentials>>()
  return {
    isValidAppId: (appId) => inner.isValidAppId(appId),
    isAuthenticationDisabled: () => inner.isAuthenticationDisabled(),
    createCredentials(appId, audience, loginEndpoint, validateAuthority) {
      const key = `${appId}|${audience}`
      const known =
        made.get(key) ?? inner.createCredentials(appId, audience, loginEndpoint, validateAuthority)
      made.set(key, known)
      return known
    },
  }
}

export function createCredentialsFactory(credentials: BotCredentials): CredentialsFactory {
  if (credentials.kind === 'none') return fixed(() => undefined)
  if (credentials.kind === 'loopback')
    return fixed((request) => request.headers.set('authorization', 'Bearer app'))
  return remembered(
    new ConfigurationServiceClientCredentialFactory({
      MicrosoftAppId: credentials.appId,
      MicrosoftAppTenantId: credentials.tenantId,
      MicrosoftAppType: credentials.kind,
      ...(credentials.kind === 'SingleTenant' ? { MicrosoftAppPassword: credentials.password } : {}),
    }),
  )
}

/** Throws away the cached token, where the credentials have one: after a 401 the next send uses a new one. */
export async function renewToken(credentials: unknown): Promise<void> {
  if (typeof credentials !== 'object' || credentials === null || !('getToken' in credentials)) return
  if (typeof credentials.getToken === 'function') await credentials.getToken(true)
}
