import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { loadConfig } from '../src/config.ts'
import { Secret } from '../src/settings.ts'

const appId = '11111111-2222-3333-4444-555555555555'
const tenantId = '99999999-8888-7777-6666-555555555555'
const key = 'k'.repeat(32)
const production = {
  NODE_ENV: 'production',
  MicrosoftAppId: appId,
  MicrosoftAppTenantId: tenantId,
  AUDIT_KEY: key,
  PSEUDONYM_KEY: key,
}

function problems(env: Record<string, string>): readonly string[] {
  const result = loadConfig(env)
  return result.ok ? [] : result.problems
}

function config(env: Record<string, string>) {
  const result = loadConfig(env)
  if (!result.ok) throw new Error(result.problems.join('\n'))
  return result.config
}

describe('a bad configuration is refused with every problem named', () => {
  test.each<[string, Record<string, string>, string[]]>([
    ['blank app id', { MicrosoftAppId: '' }, ['MicrosoftAppId is blank']],
    ['blank app id of spaces', { MicrosoftAppId: '  ' }, ['MicrosoftAppId is blank']],
    [
      'malformed app id',
      { MicrosoftAppId: 'my-bot', MicrosoftAppTenantId: tenantId },
      ['MicrosoftAppId must be a GUID'],
    ],
    ['blank tenant list', { ALLOWED_TENANTS: '' }, ['ALLOWED_TENANTS is blank']],
    ['malformed tenant list', { ALLOWED_TENANTS: `${tenantId},contoso` }, ['ALLOWED_TENANTS must be a GUID']],
    ['tenant list of commas', { ALLOWED_TENANTS: ',,' }, ['ALLOWED_TENANTS']],
    [
      'no app id in production',
      { NODE_ENV: 'production', AUDIT_KEY: key, PSEUDONYM_KEY: key },
      ['MicrosoftAppId is required in production'],
    ],
    [
      'no app id on App Service',
      { WEBSITE_SITE_NAME: 'x', AUDIT_KEY: key, PSEUDONYM_KEY: key },
      ['MicrosoftAppId is required in production'],
    ],
    [
      'no app id on Container Apps',
      { CONTAINER_APP_NAME: 'x', AUDIT_KEY: key, PSEUDONYM_KEY: key },
      ['MicrosoftAppId is required in production'],
    ],
    ['app id without tenant', { MicrosoftAppId: appId }, ['MicrosoftAppTenantId is required']],
    [
      'no keys in production',
      { ...production, AUDIT_KEY: '', PSEUDONYM_KEY: '' },
      ['AUDIT_KEY is required', 'PSEUDONYM_KEY is required'],
    ],
    ['short key', { AUDIT_KEY: 'short' }, ['AUDIT_KEY must have at least 32 characters']],
    [
      'database password in production',
      { ...production, DATABASE_URL: 'postgres://u:p@db/x' },
      ['DATABASE_URL must have no password'],
    ],
    ['other database', { DATABASE_URL: 'mysql://db/x' }, ['DATABASE_URL must begin with postgres://']],
    [
      'password with a managed identity',
      { ...production, MicrosoftAppPassword: 'hunter2' },
      ['MicrosoftAppPassword belongs to'],
    ],
    [
      'single tenant without password',
      { ...production, MicrosoftAppType: 'SingleTenant' },
      ['MicrosoftAppPassword is required'],
    ],
    ['multi-tenant', { MicrosoftAppType: 'MultiTenant' }, ['MicrosoftAppType']],
    [
      'plain http Graph elsewhere',
      { GRAPH_BASE_URL: 'http://graph.contoso.com' },
      ['GRAPH_BASE_URL must use https'],
    ],
    [
      'loopback Graph in production',
      { ...production, GRAPH_BASE_URL: 'http://127.0.0.1:9' },
      ['GRAPH_BASE_URL must use https in production'],
    ],
    ['no address', { GRAPH_BASE_URL: 'graph' }, ['GRAPH_BASE_URL']],
    [
      'foreign metadata in production',
      { ...production, BOT_OPENID_METADATA_URL: 'https://evil.example/keys' },
      ['BOT_OPENID_METADATA_URL may differ'],
    ],
    [
      'loopback metadata in production',
      { ...production, BOT_OPENID_METADATA_URL: 'http://127.0.0.1:9/keys' },
      ['BOT_OPENID_METADATA_URL may differ'],
    ],
    [
      'foreign metadata outside production',
      { BOT_OPENID_METADATA_URL: 'https://evil.example/keys' },
      ['BOT_OPENID_METADATA_URL may differ from that of CLOUD only on loopback'],
    ],
    ['open host without authentication', { HOST: '0.0.0.0' }, ['HOST must be a loopback address']],
    ['port', { PORT: '99999' }, ['PORT']],
    ['port in words', { PORT: 'eighty' }, ['PORT must be a port number']],
    ['poll too fast', { POLL_SECONDS: '1' }, ['POLL_SECONDS']],
    ['unknown action', { ACTIONS: 'restart,format' }, ['ACTIONS']],
    ['none beside others', { ACTIONS: 'none,restart' }, ['ACTIONS has `none`']],
    ['default role operator', { DEFAULT_ROLE: 'operator' }, ['DEFAULT_ROLE']],
    ['webhook without secret', { WEBHOOK_URL: 'https://hook.contoso.com' }, ['WEBHOOK_SECRET is required']],
    ['unknown cloud', { CLOUD: 'moon' }, ['CLOUD']],
    ['case', { microsoftappid: appId }, ['did you mean MicrosoftAppId?']],
    ['underscores', { MICROSOFT_APP_ID: appId }, ['did you mean MicrosoftAppId?']],
    ['missing underscore', { GRAPHBASEURL: 'https://x' }, ['did you mean GRAPH_BASE_URL?']],
    [
      'several at once',
      { PORT: 'x', CLOUD: 'moon', MicrosoftAppId: '' },
      ['PORT', 'CLOUD', 'MicrosoftAppId'],
    ],
  ])('%s', (_name, env, expected) => {
    const found = problems(env)
    expect(found).toHaveLength(expected.length)
    for (const text of expected) expect(found).toContainEqual(expect.stringContaining(text))
    for (const value of Object.values(env))
      if (value.length > 6 && value !== 'production' && value !== 'SingleTenant')
        expect(found.join('\n')).not.toContain(value)
  })
})

describe('defaults', () => {
  test('nothing set: rehearsal on the simulated tenant, anonymous, loopback, all actions', () => {
    expect(config({})).toMatchObject({
      production: false,
      rehearsal: true,
      simulatedTenant: true,
      anonymous: true,
      host: '127.0.0.1',
      port: 3978,
      defaultRole: 'operator',
      graphBaseUrl: undefined,
      dataDir: '.data',
      actions: ['provisionOnDemand', 'start', 'restart', 'pause', 'allowDeletes'],
    })
  })

  test('production: read-only, no role by default, Graph of the cloud', () => {
    expect(config({ ...production, CLOUD: 'gcchigh' })).toMatchObject({
      production: true,
      rehearsal: false,
      anonymous: false,
      host: '0.0.0.0',
      defaultRole: 'none',
      actions: [],
      graphBaseUrl: 'https://graph.microsoft.us',
      bot: {
        allowedTenants: [tenantId],
        loopbackConnector: false,
        openIdMetadataUrl: expect.stringContaining('azure.us'),
      },
    })
  })

  test('another Graph on loopback is rehearsal without the simulated tenant', () => {
    expect(config({ GRAPH_BASE_URL: 'http://127.0.0.1:9999' })).toMatchObject({
      rehearsal: true,
      simulatedTenant: false,
    })
  })

  test('a blank value is unset', () => {
    expect(config({ PORT: ' ', DATABASE_URL: '' })).toMatchObject({ port: 3978, databaseUrl: undefined })
  })

  test('ACTIONS=none switches every action off', () => {
    expect(config({ ACTIONS: 'none' }).actions).toEqual([])
  })

  test('what has no effect yet is said', () => {
    expect(config({ SHIFTS_TEAM_ID: tenantId }).warnings).toEqual([expect.stringContaining('SHIFTS_TEAM_ID')])
  })
})

test('a secret shows itself nowhere but in reveal', () => {
  const secret = new Secret('hunter2')
  expect(`${secret} ${JSON.stringify({ secret })} ${inspect({ secret })}`).not.toContain('hunter2')
  expect(secret.reveal()).toBe('hunter2')
})
