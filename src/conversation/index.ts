// What the conversation room offers.

export { heldBlocks } from './commands/actions.ts'
export { createHandle, errorReply, type HandleOptions } from './handle.ts'
export { loadTrees, type Trees, treeArticles } from './load-trees.ts'
export { reportHostsOf } from './report-hosts.ts'
export { createRespond } from './respond.ts'
export type { Services } from './services.ts'
export { treeJsonSchema } from './tree-schema.ts'
export type { Session, Turn } from './turn.ts'
export { withTyping } from './typing.ts'
export { type Understood, understand } from './understand.ts'
