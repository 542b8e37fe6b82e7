// What the cards room offers.
export { BUDGET_BYTES } from './budget.ts'
export { HIDDEN_NAME } from './hide.ts'
export { safeUrl, urlOf } from './links.ts'
export { lint } from './lint.ts'
export { type RenderOptions, render } from './render.ts'
