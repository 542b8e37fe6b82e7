// Nothing may contradict: figures in prose against the tables, releases, hosts and ports against theirs, and every
// check, rule, dialog and code against the articles, both ways.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { defaultRules } from '../../src/alerts/index.ts'
import { articleIds as checkArticles } from '../../src/diagnosis/index.ts'
import { KNOWLEDGE_DIR, plainBlocks, realKnowledge } from '../support/knowledge.ts'

const knowledge = realKnowledge()
const ids = knowledge.articleIds()
const textOf = (id: string) => plainBlocks(knowledge.article(id)?.blocks ?? [])
const everything = [
  ...ids.map((id) => [id, textOf(id)] as const),
  ...knowledge
    .codes()
    .map((code) => [`code:${code.code}`, [code.meaning, ...code.causes, ...code.fixes].join('\n')] as const),
]

/** A statement with a figure, and the figures it may have: today's, and those named as earlier or as Connect's. */
const CLAIMS: readonly (readonly [what: string, claim: RegExp, allowed: readonly string[]])[] = [
  ['objects per domain', /([\d,]+) objects per (?:AD )?domain/g, ['150,000']],
  ['members of a group', /([\d,]{5,}) members\b/g, ['50,000', '250,000']],
  ['active agents', /(\d+) active agents/g, ['3']],
  ['separate OUs', /(\d+) separate OUs/g, ['50', '60']],
  ['memory', /(\d+) GB/g, ['4']],
  ['.NET', /\.NET(?: Framework)? (\d\.\d\.\d)/g, ['4.7.1']],
  ['days in quarantine', /(\d+) days (?:in|of) quarantine/g, ['28']],
  ['deletion threshold', /threshold is (\d+)/g, ['500']],
  ['request to the agent', /request to the agent after (\d+) minutes/g, ['10']],
  ['LDAP search', /LDAP search after (\d+) seconds/g, ['30']],
  ['retention of deleted users', /restored for (\d+) days/g, ['30']],
  ['on-demand members', /group with up to (\S+) members/g, ['5']],
]

describe('figures', () => {
  it.each(CLAIMS)('of %s are the same everywhere', (_, claim, allowed) => {
    const found = everything.flatMap(([id, text]) =>
      [...text.matchAll(claim)].map((match) => ({ id, figure: match[1] ?? '' })),
    )
    expect(found.length).toBeGreaterThan(0)
    expect(found.filter(({ figure }) => !allowed.includes(figure))).toEqual([])
  })

  it('of releases are those of the version table', () => {
    const known = new Set((knowledge.table('versions')?.rows ?? []).map((row) => String(row.version)))
    // The minimum for moving groups from Connect, named by Microsoft without an entry in its version history.
    known.add('1.1.1367.0')
    const unknown = everything.flatMap(([id, text]) =>
      (text.match(/\b1\.1\.\d{2,4}\.0\b/g) ?? [])
        .filter((release) => !known.has(release))
        .map((release) => `${id}: ${release}`),
    )
    expect(unknown).toEqual([])
  })

  it('of hosts are those of the address table', () => {
    const cells = (knowledge.table('urls')?.rows ?? []).flatMap((row) => [row.url].flat().map(String))
    const known = new Set(cells.map((cell) => cell.replaceAll('`', '').replace(/:80$/, '')))
    const hosts = everything.flatMap(([id, text]) =>
      (text.match(/\*\.[a-z0-9.-]+\.(?:net|com|us|cn)\b/g) ?? [])
        .filter((host) => !known.has(host))
        .map((host) => `${id}: ${host}`),
    )
    expect(hosts).toEqual([])
  })

  it('of ports are those of the port table', () => {
    const known = new Set((knowledge.table('ports')?.rows ?? []).map((row) => String(row.port)))
    const other = ['5985', '9389', '5671']
    const unknown = everything.flatMap(([id, text]) =>
      [...text.matchAll(/\bport (\d{2,5})\b/gi)]
        .map((match) => match[1] ?? '')
        .filter((port) => !known.has(port) && !other.includes(port))
        .map((port) => `${id}: ${port}`),
    )
    expect(unknown).toEqual([])
  })
})

const dialogsDir = fileURLToPath(new URL('../../dialogs', import.meta.url))
const dialogTexts = readdirSync(dialogsDir)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => readFileSync(join(dialogsDir, name), 'utf8'))

function cited(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    (key === 'article' || key === 'articles') && inner !== null
      ? [inner].flat().filter((one): one is string => typeof one === 'string')
      : cited(inner),
  )
}

const dialogArticles = dialogTexts.flatMap((text) => cited(parse(text)))
const ruleArticles = Object.values(defaultRules).map((rule) => rule.article)

describe('articles and what cites them', () => {
  it('exist for every check, alert rule, dialog and code', () => {
    const codeArticles = knowledge
      .codes()
      .flatMap((code) => (code.article === undefined ? [] : [code.article]))
    const wanted = [...checkArticles, ...ruleArticles, ...dialogArticles, ...codeArticles]
    expect(dialogArticles.length).toBeGreaterThan(100)
    expect([...new Set(wanted.filter((id) => !knowledge.article(id)))]).toEqual([])
  })

  it('are cited by a check or a rule when their name says so', () => {
    const citing = new Set([...checkArticles, ...ruleArticles, ...dialogArticles])
    expect(ids.filter((id) => /^(check|rule)-/.test(id) && !citing.has(id))).toEqual([])
  })

  it('explain every error code and quarantine reason, and name no code that is unknown', () => {
    expect(
      knowledge
        .codes()
        .filter((code) => code.article === undefined && code.group !== 'cross-tenant-sync')
        .map((code) => code.code),
    ).toEqual([])
    for (const row of knowledge.table('quarantine-reasons')?.rows ?? [])
      expect(knowledge.code(String(row.reason)), String(row.reason)).toBeDefined()
    const named = ids.flatMap((id) => (knowledge.article(id)?.codes ?? []).map((code) => [id, code] as const))
    expect(named.filter(([, code]) => !knowledge.code(code))).toEqual([])
  })

  it('are related to articles in both rooms of a card: at most three, none to itself', () => {
    for (const id of ids) expect(knowledge.article(id)?.related ?? [], id).not.toContain(id)
  })

  it('have been reviewed within a year of the youngest review', () => {
    const days = ids.map((id) => Date.parse(knowledge.article(id)?.reviewed ?? ''))
    const old = ids.filter((_, i) => Math.max(...days) - (days[i] ?? 0) > 365 * 86_400_000)
    expect(old).toEqual([])
  })

  it('answer on one screen: a median below 90 words before tables', () => {
    const counts = ids.map((id) => {
      const blocks = knowledge.article(id)?.blocks ?? []
      const table = blocks.findIndex((block) => block.kind === 'table')
      const prose = (table < 0 ? blocks : blocks.slice(0, table)).filter((block) => block.kind !== 'code')
      return plainBlocks(prose).split(/\s+/).length
    })
    const sorted = counts.toSorted((a, b) => a - b)
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(90)
    expect(ids.filter((_, i) => (counts[i] ?? 0) > 200)).toEqual([])
  })
})

describe('files', () => {
  it('hold no article twice and no table without an id', () => {
    const files = readdirSync(join(KNOWLEDGE_DIR, 'articles'), { recursive: true, encoding: 'utf8' })
    expect(files.filter((name) => name.endsWith('.md'))).toHaveLength(ids.length)
  })
})
