// Lists for other tools: CSV made from the fact tables, for each cloud, at once or after an answer.
import { describe, expect, it } from 'vitest'
import type { Reply } from '../../src/nouns.ts'
import { citedBy, plainReply, realKnowledge } from '../support/knowledge.ts'

const knowledge = realKnowledge()

function csvOf(reply: Reply): string[] {
  const blocks = 'blocks' in reply ? reply.blocks : []
  return blocks.flatMap((block) => (block.kind === 'code' && block.language === 'csv' ? [block.text] : []))
}

function hostsIn(cloud: string): string[] {
  return (knowledge.table('urls')?.rows ?? [])
    .filter((row) => row.cloud === cloud)
    .flatMap((row) => [row.url].flat().map((url) => String(url).replaceAll('`', '')))
}

describe('CSV', () => {
  it.each([
    ['give me the firewall list as csv', 'agent-urls', 'public'],
    ['firewall list for us government as a csv file', 'agent-urls-us-government', 'US Government'],
    ['export the url list to excel', 'agent-urls', 'public'],
  ])('%s', (text, article, cloud) => {
    const reply = knowledge.ask(text)
    expect(citedBy(reply)[0]).toBe(article)
    const [csv = ''] = csvOf(reply)
    const lines = csv.split('\n')
    expect(lines[0]).toMatch(/^Address,Port,What it is for/)
    const listed = new Set(lines.slice(1).map((line) => line.split(',')[0]))
    expect([...new Set(hostsIn(cloud))].filter((host) => !listed.has(host))).toEqual([])
    expect(lines.slice(1).every((line) => /^[^,]+,(80|443),/.test(line))).toBe(true)
  })

  it('comes after an answer, too', () => {
    const reply = knowledge.ask('as csv please', { previous: 'agent-ports' })
    expect(csvOf(reply).join('\n')).toMatch(/^443,outbound to the internet,/m)
    expect(plainReply(knowledge.ask('as csv', { previous: 'server-core' }))).toContain('no table')
  })

  it('quotes what a reader of CSV would stumble over', () => {
    for (const id of ['agent-versions', 'gmsa-permissions', 'roles-overview', 'compare-with-connect']) {
      for (const csv of csvOf(knowledge.ask('csv', { previous: id }))) {
        const [head = '', ...rows] = parseCsv(csv)
        expect(rows.length, id).toBeGreaterThan(3)
        for (const row of rows) expect(row.length, id).toBe(head.length)
        for (const cell of rows.flat()) expect(cell, id).not.toMatch(/^[=+@-]/)
      }
    }
  })
})

/** A small reader of RFC 4180, to see what another program would see. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]]
  let cell = ''
  let quoted = false
  for (let i = 0; i <= text.length; i++) {
    const char = text[i] ?? '\n'
    if (quoted) {
      if (char === '"' && text[i + 1] === '"') cell += text[i++]
      else if (char === '"') quoted = false
      else cell += char
    } else if (char === '"') quoted = true
    else if (char === ',' || char === '\n') {
      rows.at(-1)?.push(cell)
      cell = ''
      if (char === '\n' && i < text.length) rows.push([])
    } else cell += char
  }
  return rows
}
