// PostgreSQL that knows no passwords: the managed identity signs in with a token.
param name string
param location string
param tags object
@allowed(['dev', 'prod'])
param size string
param adminName string
param adminPrincipalId string
param workspaceId string

var prod = size == 'prod'

resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2025-08-01' = {
  name: '${name}-db-${take(uniqueString(resourceGroup().id), 6)}'
  location: location
  tags: tags
  sku: prod ? { name: 'Standard_D2ds_v5', tier: 'GeneralPurpose' } : { name: 'Standard_B1ms', tier: 'Burstable' }
  properties: {
    version: '17'
    storage: { storageSizeGB: 32, autoGrow: 'Enabled' }
    backup: { backupRetentionDays: prod ? 35 : 7, geoRedundantBackup: 'Disabled' }
    highAvailability: { mode: prod ? 'ZoneRedundant' : 'Disabled' }
    authConfig: {
      activeDirectoryAuth: 'Enabled'
      passwordAuth: 'Disabled'
      tenantId: tenant().tenantId
    }
  }
}

resource administrator 'Microsoft.DBforPostgreSQL/flexibleServers/administrators@2025-08-01' = {
  parent: server
  name: adminPrincipalId
  properties: {
    principalName: adminName
    principalType: 'ServicePrincipal'
    tenantId: tenant().tenantId
  }
}

resource data 'Microsoft.DBforPostgreSQL/flexibleServers/databases@2025-08-01' = {
  parent: server
  name: 'syncmedic'
  properties: {}
}

resource tls 'Microsoft.DBforPostgreSQL/flexibleServers/configurations@2025-08-01' = {
  parent: server
  name: 'ssl_min_protocol_version'
  properties: { value: 'TLSv1.2', source: 'user-override' }
}

resource fromAzure 'Microsoft.DBforPostgreSQL/flexibleServers/firewallRules@2025-08-01' = {
  parent: server
  name: 'azure-services'
  properties: { startIpAddress: '0.0.0.0', endIpAddress: '0.0.0.0' }
}

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: server
  name: 'to-workspace'
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
  }
}

output url string = 'postgres://${uriComponent(adminName)}@${server.properties.fullyQualifiedDomainName}:5432/${data.name}?sslmode=require'
