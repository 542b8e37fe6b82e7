// Sync Medic in one resource group: bot registration, host, database, keys, telemetry, one managed identity.
targetScope = 'resourceGroup'

@description('Short name; every resource is called after it.')
@minLength(3)
@maxLength(16)
param name string = 'syncmedic'

param location string = resourceGroup().location

@description('prod: two zone-redundant replicas and a zone-redundant database. dev: the smallest that works.')
@allowed(['dev', 'prod'])
param size string = 'dev'

@description('Actions people may confirm, comma-separated; none keeps the bot read-only.')
param actions string = 'none'

@description('Role of anybody of the tenant who has no role of their own.')
@allowed(['none', 'viewer'])
param defaultRole string = 'none'

@description('Microsoft cloud the tenant lives in.')
@allowed(['global', 'gcc', 'gcchigh', 'dod'])
param cloud string = 'global'

@description('HMAC key of the audit chain, at least 32 characters; make it with: openssl rand -base64 33')
@secure()
@minLength(32)
param auditKey string

@description('HMAC key of the pseudonyms in the log, at least 32 characters.')
@secure()
@minLength(32)
param pseudonymKey string

var tags = { application: 'sync-medic', size: size }

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: '${name}-identity'
  location: location
  tags: tags
}

module telemetry 'modules/telemetry.bicep' = {
  name: 'telemetry'
  params: {
    name: name
    location: location
    tags: tags
  }
}

module secrets 'modules/secrets.bicep' = {
  name: 'secrets'
  params: {
    name: name
    location: location
    tags: tags
    readerPrincipalId: identity.properties.principalId
    workspaceId: telemetry.outputs.workspaceId
    auditKey: auditKey
    pseudonymKey: pseudonymKey
  }
}

module database 'modules/database.bicep' = {
  name: 'database'
  params: {
    name: name
    location: location
    tags: tags
    size: size
    adminName: identity.name
    adminPrincipalId: identity.properties.principalId
    workspaceId: telemetry.outputs.workspaceId
  }
}

module app 'modules/app.bicep' = {
  name: 'app'
  params: {
    name: name
    location: location
    tags: tags
    size: size
    identityId: identity.id
    workspaceId: telemetry.outputs.workspaceId
    settings: {
      NODE_ENV: 'production'
      MicrosoftAppId: identity.properties.clientId
      MicrosoftAppType: 'UserAssignedMSI'
      MicrosoftAppTenantId: tenant().tenantId
      CLOUD: cloud
      DATABASE_URL: database.outputs.url
      ACTIONS: actions
      DEFAULT_ROLE: defaultRole
      AUDIT_KEY: secrets.outputs.auditKeyReference
      PSEUDONYM_KEY: secrets.outputs.pseudonymKeyReference
      AZURE_CLIENT_ID: identity.properties.clientId
    }
  }
}

module bot 'modules/bot.bicep' = {
  name: 'bot'
  params: {
    name: name
    tags: tags
    identityId: identity.id
    clientId: identity.properties.clientId
    host: app.outputs.host
    workspaceId: telemetry.outputs.workspaceId
  }
}

output botId string = identity.properties.clientId
output identityPrincipalId string = identity.properties.principalId
output host string = app.outputs.host
output messagingEndpoint string = bot.outputs.endpoint
