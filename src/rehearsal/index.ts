// The rehearsal tenant: Microsoft Graph over HTTP, its people and its scenarios.
export {
  createTenant,
  type RecordedRequest,
  type Scenarios,
  type Tenant,
  type TenantOptions,
} from './graph-server.ts'
export {
  alertChannel,
  channelPlace,
  createChatHouse,
  rehearsalBotId,
  rehearsalRole,
  rehearsalSignIn,
  type SimulatedTenant,
  startSimulatedTenant,
  suggestions,
  welcomeText,
} from './house.ts'
export { type PersonKey, people, type RehearsalPerson, tenantId } from './people.ts'
export { type RehearsalGraph, startRehearsalGraph } from './serve.ts'
