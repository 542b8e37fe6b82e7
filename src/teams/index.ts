// What the Teams room offers. No other room imports botbuilder or restify.
export { type Adapter, type AdapterOptions, createAdapter } from './adapter.ts'
export { routes } from './admit.ts'
export { type ConversationPortOptions, createConversationPort } from './conversation.ts'
export type { BotCredentials } from './credentials.ts'
export { createEdge, type Edge, type EdgeOptions, type ExtraRoutes } from './edge.ts'
export { isAllowedServiceUrl, type ServiceUrlRule } from './service-url.ts'
export {
  createAnonymousGate,
  createTokenGate,
  type Gate,
  type GateOptions,
  type Identity,
} from './token-gate.ts'
export type { TurnOutcome } from './turns.ts'
