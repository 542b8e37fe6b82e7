// Whose token: the bot's own identity, and the database password that the same identity makes.

import type { TokenCredential } from '@azure/identity'
import { isLoopbackUrl } from '../clouds.ts'

const DATABASE_SCOPE = 'https://ossrdbms-aad.database.windows.net/.default'

/** The bot's own identity. `claims` (JSON) asks for a token that satisfies a challenge. */
export type AppIdentity = { token(claims?: string): Promise<string> }

export type IdentitySource =
  /** Loopback: no token is needed, this word is sent. */
  | { readonly kind: 'loopback' }
  | { readonly kind: 'managedIdentity'; readonly clientId: string }
  /** AZURE_TENANT_ID, AZURE_CLIENT_ID and a secret or certificate, as @azure/identity reads them. */
  | { readonly kind: 'environment'; readonly authorityHost?: string }

async function credentialOf(source: Exclude<IdentitySource, { kind: 'loopback' }>): Promise<TokenCredential> {
  // Loaded on first use: it is large, and rehearsal never needs it.
  const { EnvironmentCredential, ManagedIdentityCredential } = await import('@azure/identity')
  if (source.kind === 'managedIdentity') return new ManagedIdentityCredential({ clientId: source.clientId })
  return new EnvironmentCredential(source.authorityHost ? { authorityHost: source.authorityHost } : {})
}

function tokensFor(source: Exclude<IdentitySource, { kind: 'loopback' }>, scope: string) {
  let credential: Promise<TokenCredential> | undefined
  return async (claims?: string): Promise<string> => {
    // A failed load is tried again next time.
    credential ??= credentialOf(source).catch((error: unknown) => {
      credential = undefined
      throw error
    })
    const found = await (await credential).getToken(scope, claims ? { claims } : {})
    if (!found) throw new Error('the identity gave no token')
    return found.token
  }
}

/** The identity that reads. On loopback always the word "app": a real token never goes there. */
export function appIdentity(source: IdentitySource, baseUrl: string): AppIdentity {
  if (source.kind === 'loopback' || isLoopbackUrl(baseUrl)) {
    if (!isLoopbackUrl(baseUrl)) throw new TypeError('the loopback identity is for loopback addresses only')
    return { token: async () => 'app' }
  }
  return { token: tokensFor(source, `${new URL(baseUrl).origin}/.default`) }
}

/** Makes the password for PostgreSQL: a token of the bot's identity, good for about an hour. */
export function databasePassword(
  source: Exclude<IdentitySource, { kind: 'loopback' }>,
): () => Promise<string> {
  const token = tokensFor(source, DATABASE_SCOPE)
  return () => token()
}
