// Any sequence of calls to the outbox gives the claims its model gives; `npm run fuzz` plays many more.
import { expect, it } from 'vitest'
import { playOutbox } from '../support/outbox-model.ts'

it('claims what the model claims', async () => {
  await expect(playOutbox({ runs: 200 })).resolves.toBeUndefined()
})
