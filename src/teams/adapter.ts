// botbuilder's CloudAdapter behind our gate: it gets a ready authentication result and never sees a token.
import { CloudAdapter, ConfigurationBotFrameworkAuthentication } from 'botbuilder'
import { type CloudName, clouds } from '../clouds.ts'
import { createOutbound } from '../outbound.ts'
import type { Activity } from './activity.ts'
import { type ConnectorOptions, createConnectorHttp } from './connector-client.ts'
import { appIdOf, type BotCredentials, createCredentialsFactory, renewToken } from './credentials.ts'
import type { Identity } from './token-gate.ts'

export type AdapterOptions = {
  readonly cloud: CloudName
  readonly credentials: BotCredentials
  readonly tokenServiceUrl: string
  /** For one request to the Connector; 15 s. */
  readonly timeoutMs?: number
}

type AuthResult = Exclude<Parameters<CloudAdapter['processActivityDirect']>[0], string>
type BotActivity = Parameters<CloudAdapter['processActivityDirect']>[1]
type Authentication = CloudAdapter['botFrameworkAuthentication']
export type ConnectorClient = Awaited<
  ReturnType<ReturnType<Authentication['createConnectorFactory']>['create']>
>

export type Adapter = {
  /** Runs a turn of an activity that passed the gate. */
  receive<T>(identity: Identity, activity: Activity, work: () => Promise<T>): Promise<T>
  connector(serviceUrl: string): Promise<ConnectorClient>
  /** After a 401: the next request carries a new token. */
  renewToken(): Promise<void>
  close(): void
}

const TIMEOUT_MS = 15_000
const MAX_CLIENTS = 16
const GOVERNMENT = 'https://botframework.azure.us'
const governmentClouds: readonly CloudName[] = ['gcchigh', 'dod']

function createAuthentication(options: AdapterOptions, http: ConnectorOptions['httpClient']): Authentication {
  const cloud = clouds[options.cloud]
  const isReal = options.credentials.kind === 'UserAssignedMSI' || options.credentials.kind === 'SingleTenant'
  // botbuilder takes either its built-in constants of a cloud or all of them from us.
  const constants = isReal
    ? { ChannelService: governmentClouds.includes(options.cloud) ? GOVERNMENT : '' }
    : {
        ToChannelFromBotLoginUrl: cloud.login,
        ToChannelFromBotOAuthScope: cloud.tokenIssuer,
        ToBotFromChannelTokenIssuer: cloud.tokenIssuer,
        OAuthUrl: options.tokenServiceUrl,
        ToBotFromChannelOpenIdMetadataUrl: cloud.openIdMetadata,
        ToBotFromEmulatorOpenIdMetadataUrl: cloud.openIdMetadata,
        CallerId: 'urn:botframework:azure',
      }
  const factory = createCredentialsFactory(options.credentials)
  return new ConfigurationBotFrameworkAuthentication(
    constants,
    factory as ConstructorParameters<typeof ConfigurationBotFrameworkAuthentication>[1],
    undefined,
    undefined,
    http === undefined ? {} : { httpClient: http },
  )
}

class GatedAdapter extends CloudAdapter {
  readonly appId: string
  readonly audience: string

  constructor(authentication: Authentication, bot: { readonly appId: string; readonly audience: string }) {
    super(authentication)
    this.appId = bot.appId
    this.audience = bot.audience
  }

  authenticationFor(serviceUrl: string): AuthResult {
    const claimsIdentity = this.createClaimsIdentity(this.appId)
    claimsIdentity.claims.push({ type: 'serviceurl', value: serviceUrl })
    return {
      audience: this.audience,
      claimsIdentity,
      connectorFactory: this.botFrameworkAuthentication.createConnectorFactory(claimsIdentity),
    }
  }
}

export function createAdapter(options: AdapterOptions): Adapter {
  const outbound = createOutbound()
  const http = createConnectorHttp(outbound, options.timeoutMs ?? TIMEOUT_MS)
  const adapter = new GatedAdapter(createAuthentication(options, http), {
    appId: appIdOf(options.credentials),
    // Tokens of the Connector are issued by the same address that our tokens for it are made out to.
    audience: clouds[options.cloud].tokenIssuer,
  })
  const clients = new Map<string, Promise<ConnectorClient>>()

  const createClient = async (serviceUrl: string): Promise<ConnectorClient> => {
    const { connectorFactory } = adapter.authenticationFor(serviceUrl)
    if (!connectorFactory) throw new TypeError('no factory for Connector clients')
    return connectorFactory.create(serviceUrl)
  }

  const connector = (serviceUrl: string): Promise<ConnectorClient> => {
    const known = clients.get(serviceUrl) ?? createClient(serviceUrl)
    if (clients.size >= MAX_CLIENTS && !clients.has(serviceUrl)) clients.clear()
    clients.set(serviceUrl, known)
    known.catch(() => clients.delete(serviceUrl))
    return known
  }

  return {
    async receive(identity, activity, work) {
      let result: { readonly value: Awaited<ReturnType<typeof work>> } | undefined
      let failure: { readonly error: unknown } | undefined
      const ready = adapter.authenticationFor(identity.serviceUrl)
      await adapter.processActivityDirect(ready, { ...activity } as unknown as BotActivity, async () => {
        // The adapter would wrap an error into a text; ours keep their codes.
        try {
          result = { value: await work() }
        } catch (error) {
          failure = { error }
        }
      })
      if (failure) throw failure.error
      if (!result) throw new Error('the adapter ended the turn without running it')
      return result.value
    },
    connector,
    async renewToken() {
      for (const client of await Promise.all(clients.values())) await renewToken(client.credentials)
    },
    close: () => outbound.close(),
  }
}
