// The two HMAC keys. No secret of an identity exists.
param name string
param location string
param tags object
param readerPrincipalId string
param workspaceId string

@secure()
param auditKey string

@secure()
param pseudonymKey string

// Key Vault Secrets User
var secretsUser = '4633458b-17de-408a-b874-0445c86b69e6'

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' = {
  name: '${name}-${take(uniqueString(resourceGroup().id), 6)}'
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    enablePurgeProtection: true
    softDeleteRetentionInDays: 90
  }
}

resource audit 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = {
  parent: vault
  name: 'audit-key'
  tags: tags
  properties: { value: auditKey }
}

resource pseudonym 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = {
  parent: vault
  name: 'pseudonym-key'
  tags: tags
  properties: { value: pseudonymKey }
}

resource reads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault
  name: guid(vault.id, readerPrincipalId, secretsUser)
  properties: {
    principalId: readerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsUser)
  }
}

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: vault
  name: 'to-workspace'
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'audit', enabled: true }]
  }
}

output auditKeyReference string = '@Microsoft.KeyVault(SecretUri=${audit.properties.secretUri})'
output pseudonymKeyReference string = '@Microsoft.KeyVault(SecretUri=${pseudonym.properties.secretUri})'
