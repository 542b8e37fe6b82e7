// The gate on knowledge files, on small folders made for each test.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { MedicError } from '../../src/errors.ts'
import { loadKnowledge, noteStub } from '../../src/knowledge/index.ts'
import { citedBy, KNOWLEDGE_DIR, plainBlocks, plainReply } from '../support/knowledge.ts'

const made: string[] = []

afterAll(() => {
  for (const dir of made) rmSync(dir, { recursive: true, force: true })
})

function folder(files: Readonly<Record<string, string>>): string {
  const dir = mkdtempSync(join(tmpdir(), 'medic-knowledge-'))
  made.push(dir)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true })
    writeFileSync(join(dir, name), text)
  }
  return dir
}

const WORDS = 'phrases:\n  x: [y z]\nwords:\n  x: [y]\nstop: [the]\ncues:\n  why: [why]\n'
const TABLE = [
  'id: limits',
  'title: Limits',
  'reviewed: 2026-11-20',
  'sources:',
  '  - document: A document',
  'columns: { what: What, today: Today }',
  'rows:',
  '  - { id: ous, what: OUs, today: about 50 }',
  '',
].join('\n')

function article(head: string, body: string): string {
  return `---\nid: one\ntitle: One thing\nquestions:\n  - what is one\n  - tell me one\napplies: [cloud-sync]\nsources:\n  - document: A document\nreviewed: 2026-11-20\n${head}---\n\n${body}\n`
}

const GOOD = {
  'synonyms.yaml': WORDS,
  'facts/limits.yaml': TABLE,
  'articles/a/one.md': article('', 'One is one.'),
}

function problemsOf(files: Readonly<Record<string, string>>): string {
  try {
    loadKnowledge({ dir: folder({ ...GOOD, ...files }) })
    return ''
  } catch (error) {
    expect(error).toBeInstanceOf(MedicError)
    expect((error as MedicError).code).toBe('SM_KNOWLEDGE_INVALID')
    return String((error as MedicError).fields.problems)
  }
}

describe('loading', () => {
  it('takes a good folder', () => {
    expect(problemsOf({})).toBe('')
  })

  it.each([
    [
      'an unknown field',
      { 'articles/a/one.md': article('colour: red\n', 'One.') },
      'articles/a/one.md: file',
    ],
    ['a missing front matter', { 'articles/a/one.md': 'Only text.\n' }, 'front matter'],
    [
      'a name that is not the id',
      { 'articles/a/two.md': article('', 'One.') },
      'must be the name of the file',
    ],
    ['the same id twice', { 'articles/b/one.md': article('', 'One.') }, 'already used by articles/a/one.md'],
    [
      'a related article that is not there',
      { 'articles/a/one.md': article('related: [gone]\n', 'One.') },
      'no article "gone"',
    ],
    [
      'a number without a home',
      { 'articles/a/one.md': article('', 'It is {{limits.ous.never}}.') },
      'no fact limits.ous.never',
    ],
    [
      'a table that does not exist',
      { 'articles/a/one.md': article('', 'One.\n\n{{table ghosts}}') },
      'no fact table ghosts',
    ],
    [
      'a body that begins with a heading',
      { 'articles/a/one.md': article('', '## Steps\n\nOne.') },
      'must begin with a sentence',
    ],
    ['a code block left open', { 'articles/a/one.md': article('', 'One.\n\n```\nx') }, 'not closed'],
    [
      'a cell of an unknown column',
      { 'facts/limits.yaml': `${TABLE}  - { id: two, what: x, colour: red }\n` },
      'rows.1.colour',
    ],
    ['a row id used twice', { 'facts/limits.yaml': `${TABLE}  - { id: ous, what: x }\n` }, 'used twice'],
    [
      'a review date that is no date',
      { 'facts/limits.yaml': TABLE.replace('2026-11-20', 'soon') },
      'reviewed',
    ],
    ['YAML that cannot be read', { 'synonyms.yaml': 'words: [unclosed\n' }, 'synonyms.yaml: yaml'],
  ])('names file and field of %s', (_, files, wanted) => {
    expect(problemsOf(files)).toContain(wanted)
  })

  it('lists all problems at once', () => {
    const problems = problemsOf({
      'articles/a/one.md': article('related: [gone]\n', 'It is {{limits.x.y}}.'),
      'facts/limits.yaml': 'id: 1\n',
    })
    expect(problems.split('\n').length).toBeGreaterThan(3)
  })

  it('says so when the folder is not there', () => {
    expect(() => loadKnowledge({ dir: '/nonexistent/knowledge' })).toThrow(/SM_KNOWLEDGE_INVALID/)
  })
})

describe('blocks', () => {
  it('turns Markdown into blocks and fills numbers and tables', () => {
    const body =
      'About {{limits.ous.today}}, **really**, see [docs](https://learn.microsoft.com/x) and `code`.\n\n## More\n\n1. first\n2. second\n\n- point\n\n{{table limits columns=what,today}}\n\n| A | B |\n|---|---|\n| 1 | `2` |\n\n```ps\nGet-It\n```'
    const knowledge = loadKnowledge({ dir: folder({ ...GOOD, 'articles/a/one.md': article('', body) }) })
    const blocks = knowledge.article('one')?.blocks ?? []
    expect(blocks.map((block) => block.kind)).toEqual([
      'text',
      'heading',
      'list',
      'list',
      'table',
      'table',
      'code',
    ])
    expect(blocks[0]).toMatchObject({
      prose: [
        'About about 50, ',
        { strong: 'really' },
        ', see ',
        { link: 'docs', url: 'https://learn.microsoft.com/x' },
        ' and ',
        { code: 'code' },
        '.',
      ],
    })
    expect(plainBlocks(blocks)).toContain('OUs | about 50')
  })

  it('makes no link of anything but https', () => {
    const knowledge = loadKnowledge({
      dir: folder({ ...GOOD, 'articles/a/one.md': article('', 'See [this](javascript:alert).') }),
    })
    expect(JSON.stringify(knowledge.article('one')?.blocks)).not.toContain('"url"')
  })
})

describe('notes of the organisation', () => {
  const notes = folder({
    'proxy.md':
      '---\ntitle: Our proxy for sync servers\nquestions:\n  - which proxy do we use for the agent\n---\n\nUse proxy01 on port 3128.\n',
  })
  const knowledge = loadKnowledge({ dir: KNOWLEDGE_DIR, notesDir: notes })

  it('answers from a note, which needs only a title', () => {
    const reply = knowledge.ask('which proxy do we use for the agent')
    expect(citedBy(reply)[0]).toBe('note-proxy')
    expect(plainReply(reply)).toContain('proxy01')
    expect(plainReply(reply)).toMatch(/^Your organisation's note: /)
    expect(knowledge.cite('note-proxy').source).toContain('Notes of your organisation')
  })

  it('shows a note beside the general answer', () => {
    const reply = knowledge.ask('how to configure a proxy for the agent')
    expect(citedBy(reply)).toContain('agent-proxy')
    expect(plainReply(reply)).toContain("Your organisation's note")
  })

  it('begins with a stub that needs only its answer', () => {
    const stub = noteStub(['who resets "it"?\n---\nid: no', 'who resets it', 'who resets it'])
    const dir = folder({ 'reset.md': stub })
    const written = loadKnowledge({ dir: KNOWLEDGE_DIR, notesDir: dir })
    expect(citedBy(written.ask('who resets it'))[0]).toBe('note-reset')
    expect(written.article('note-reset')?.questions).toHaveLength(2)
  })
})
