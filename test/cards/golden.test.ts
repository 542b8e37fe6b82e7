// How a message reads as plain text, kept as files for people to look at. Update with `-u` after reading the difference.
import { expect, it } from 'vitest'
import { render } from '../../src/cards/index.ts'
import { incidentLife, now, replies } from '../support/replies.ts'

it.each(Object.entries(replies))('%s reads as it should', async (kind, reply) => {
  await expect(render(reply, { scope: 'personal', now }).text).toMatchFileSnapshot(`golden/${kind}.txt`)
})

it('an incident reads as it should through its life, in a channel', async () => {
  const life = incidentLife.map((reply) => render(reply, { scope: 'channel', now }).text)
  await expect(life.join('\n\n==========\n\n')).toMatchFileSnapshot('golden/incident-life.txt')
})

it('a diagnosis in a channel names nobody', async () => {
  await expect(render(replies.finding, { scope: 'channel', now }).text).toMatchFileSnapshot(
    'golden/finding-in-channel.txt',
  )
})
