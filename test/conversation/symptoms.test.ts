import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadTrees } from '../../src/conversation/load-trees.ts'
import { objectNameOf, understand } from '../../src/conversation/understand.ts'
import { faultPhrasings, symptomPhrasings } from './symptom-phrasings.ts'

const trees = loadTrees(join(import.meta.dirname, '../../dialogs'))
const options = { domains: ['contoso.com', 'fabrikam.com'], treeIds: trees.ids }

describe('what people say of a symptom', () => {
  it.each(symptomPhrasings)('%s: "%s" begins or offers its dialog', (_symptom, text, ...fitting) => {
    const { intents, alsoOffers } = understand(text, options)
    const [first] = intents
    const begun = first?.treeId === undefined ? [] : [first.treeId]
    expect(first?.name === 'knowledge' ? alsoOffers : begun).toEqual(
      expect.arrayContaining([expect.toSatisfy((id) => fitting.includes(String(id)))]),
    )
  })

  it('begins it, and does not only offer it, in 95 of 100', () => {
    const begun = symptomPhrasings.filter(([, text, ...fitting]) => {
      const [first] = understand(text, options).intents
      return first?.treeId !== undefined && fitting.includes(first.treeId)
    })
    expect(begun.length / symptomPhrasings.length).toBeGreaterThanOrEqual(0.95)
  })
})

describe('what people say of a fault', () => {
  it.each(faultPhrasings)('"%s" begins %s', (text, tree) => {
    expect(understand(text, options).intents[0]?.treeId).toBe(tree)
  })
})

describe('what is known already is filled in', () => {
  it.each([
    ['group Sales misses members', { type: 'group', name: { by: 'name', value: 'Sales' } }],
    [
      'the department of jane.doe@contoso.com is wrong in entra',
      { type: 'user', name: { by: 'upn', value: 'jane.doe@contoso.com' } },
    ],
    ['CONTOSO\\jdoe was deleted and created again', { type: 'user', name: { by: 'sam', value: 'jdoe' } }],
  ] as const)('%s', (text, named) => {
    expect(objectNameOf(understand(text, options).entities)).toEqual(named)
  })

  it('and a feature is not taken for a person', () => {
    for (const text of [
      'our seamless sso does not work for anybody',
      'seamless sso does not work for users',
      'our exchange hybrid writeback checkbox is greyed out',
      'documentation does not mention the scope',
      'deletions are not synced',
    ])
      expect(objectNameOf(understand(text, options).entities), text).toBeUndefined()
  })

  it('a domain goes with the complaint', () => {
    expect(understand('the deletions of contoso are stuck', options).intents[0]).toMatchObject({
      treeId: 'deletions-held',
      domain: 'contoso.com',
    })
  })
})

/** The same features, asked about: no dialog begins. */
const questions: readonly string[] = [
  'how do i enable exchange hybrid writeback',
  'exchange hybrid writeback checkbox is greyed out',
  'does cloud sync support device sync',
  'hybrid joined devices do not appear',
  'how does seamless sso work without connect',
  'seamless sso does not work for users',
  'which permissions does password writeback need',
  'writeback fails for some users',
  'can i write cloud groups to ad',
  'duplicate groups in ad, what to do?',
  'who gets the quarantine mail',
  'nobody received a quarantine notification',
  'is the migration tool limited to 2000 objects',
  'can connect and cloud sync both manage one user',
  'someone changed the enterprise application of the configuration',
  'what does InsufficientAccessRights mean',
  'LargeObject error code',
  'why do users get an onmicrosoft.com name',
  'what is a soft match',
  'synced user was deleted and created again',
  'how many ous can i add to the scope',
  'group members are missing after the sync, why?',
  'how do i map an extension attribute',
  'log shows update for a new user',
  'how is the agent upgraded',
  'gmsa creation fails with KDS may not be running',
  'wizard sign-in page is blocked by internet explorer',
  'is high cpu during the first cycle normal?',
  'agent still listed after uninstall',
  'why are users of a renamed ou not updated?',
]

describe('questions about the same features stay questions', () => {
  it.each(questions.map((text) => [text] as const))('%s', (text) => {
    expect(understand(text, options).intents.map(({ name }) => name)).toEqual(['knowledge'])
  })
})
