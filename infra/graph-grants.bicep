// The application permissions of the managed identity. All of them only read. Who deploys this needs the role
// Privileged Role Administrator; where that is another person, hand them this file with the principal id.
extension 'br:mcr.microsoft.com/bicep/extensions/microsoftgraph/v1.0:1.0.0'
targetScope = 'resourceGroup'

@description('identityPrincipalId of the main deployment.')
param identityPrincipalId string

@description('Also grant what group diagnosis needs.')
param groups bool = true

var graphAppId = '00000003-0000-0000-c000-000000000000'

var always = [
  { name: 'Synchronization.Read.All', id: '5ba43d2f-fa88-4db2-bd1c-a67c5f0fb1ce' }
  { name: 'Application.Read.All', id: '9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30' }
  { name: 'AuditLog.Read.All', id: 'b0afded3-3588-46d8-8b3d-9842eff778da' }
  { name: 'User.Read.All', id: 'df021288-bdef-4463-88db-98f22de89214' }
  { name: 'Organization.Read.All', id: '498476ce-e0fe-48b0-b801-37ba7e2685c6' }
  { name: 'ServiceHealth.Read.All', id: '79c261e0-fe76-4144-aad5-bdc68fbe4037' }
]
var forGroups = [
  { name: 'GroupMember.Read.All', id: '98830695-27a2-44f7-8c18-0c3ebc9698f6' }
]

resource graph 'Microsoft.Graph/servicePrincipals@v1.0' existing = {
  appId: graphAppId
}

resource grants 'Microsoft.Graph/appRoleAssignedTo@v1.0' = [for permission in concat(always, groups ? forGroups : []): {
  appRoleId: permission.id
  principalId: identityPrincipalId
  resourceId: graph.id
}]
