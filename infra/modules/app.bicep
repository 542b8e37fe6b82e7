// The host: App Service on Linux, Node 24, started without a build step.
param name string
param location string
param tags object
@allowed(['dev', 'prod'])
param size string
param identityId string
param workspaceId string

@description('Environment of the bot; every name is one of docs/configuration.md, but for AZURE_CLIENT_ID, which tells the identity library which managed identity to use.')
param settings object

var prod = size == 'prod'

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: '${name}-plan'
  location: location
  tags: tags
  kind: 'linux'
  sku: prod ? { name: 'P0v3', capacity: 2 } : { name: 'B1', capacity: 1 }
  properties: { reserved: true, zoneRedundant: prod }
}

resource site 'Microsoft.Web/sites@2025-03-01' = {
  name: '${name}-${take(uniqueString(resourceGroup().id), 6)}'
  location: location
  tags: tags
  kind: 'app,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identityId}': {} } }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    clientAffinityEnabled: false
    siteConfig: {
      linuxFxVersion: 'NODE|24-lts'
      appCommandLine: 'node src/main.ts'
      alwaysOn: true
      healthCheckPath: '/healthz/ready'
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
      remoteDebuggingEnabled: false
    }
  }
}

resource environment 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: site
  name: 'appsettings'
  properties: settings
}

resource noFtp 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: site
  name: 'ftp'
  properties: { allow: false }
}

resource noScm 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: site
  name: 'scm'
  properties: { allow: false }
}

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: site
  name: 'to-workspace'
  properties: {
    workspaceId: workspaceId
    logs: [
      { category: 'AppServiceConsoleLogs', enabled: true }
      { category: 'AppServicePlatformLogs', enabled: true }
    ]
  }
}

output host string = site.properties.defaultHostName
