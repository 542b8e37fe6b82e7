import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { brokenRules, cycleIn, fileGraph, readSources, roomGraph } from './support/imports.ts'

const root = join(import.meta.dirname, '..')

describe('rooms', () => {
  test('no file of src breaks a boundary', () => {
    const sources = readSources(root)
    expect(sources.length).toBeGreaterThan(50)
    expect(brokenRules(sources)).toEqual([])
  })

  test.each([
    ['src/diagnosis/new.ts', "import { TurnContext } from 'botbuilder'", 'only src/teams/'],
    ['src/alerts/new.ts', "import type { Server } from 'restify'", 'only src/teams/'],
    ['src/sync/new.ts', "import { Client } from '@microsoft/microsoft-graph-client'", 'only src/graph/'],
    ['src/app.ts', "const c = await import('@azure/identity')", 'only src/graph/'],
    ['src/actions/new.ts', "import { sql } from 'kysely'", 'only src/store/'],
    ['src/diagnosis/new.ts', "import { request } from 'node:http'", 'has no network'],
    ['src/cards/new.ts', "import { openSqlite } from '../store/index.ts'", 'plain functions'],
    ['src/alerts/new.ts', "import { checks } from '../diagnosis/checks.ts'", 'import src/diagnosis/index.ts'],
    ['src/teams/new.ts', 'const port = process.env.PORT', 'only src/config.ts'],
    ['src/diagnosis/new.ts', "import {\n  TurnContext,\n} from 'botbuilder'", 'only src/teams/'],
  ])('%s with %s is found', (path, text, expected) => {
    expect(brokenRules([{ path, text }])).toEqual([expect.stringContaining(expected)])
  })

  test.each([
    ['src/teams/new.ts', "import { TurnContext } from 'botbuilder'"],
    ['src/alerts/new.ts', "import { diagnose } from '../diagnosis/index.ts'"],
    ['src/app.ts', "import { openSqlite } from './store/index.ts'"],
  ])('%s with %s is fine', (path, text) => {
    expect(brokenRules([{ path, text }])).toEqual([])
  })
})

describe('circles', () => {
  const sources = readSources(root)

  test('there is none between rooms', () => {
    const graph = roomGraph(sources)
    expect(graph.size).toBeGreaterThan(20)
    expect([...(graph.get('conversation') ?? [])]).toEqual(expect.arrayContaining(['knowledge', 'diagnosis']))
    expect(cycleIn(graph)).toBeUndefined()
  })

  test('there is none between files as they are loaded', () => {
    expect(cycleIn(fileGraph(sources))).toBeUndefined()
  })

  test('one would be found, of types between rooms and of code between files', () => {
    const a = { path: 'src/alerts/a.ts', text: "import type { B } from '../oncall/index.ts'" }
    const b = { path: 'src/oncall/index.ts', text: "import { a } from '../alerts/a.ts'" }
    expect(cycleIn(roomGraph([a, b]))).toEqual(['alerts', 'oncall', 'alerts'])
    expect(cycleIn(fileGraph([a, b]))).toBeUndefined()
    const code = { ...a, text: "import { type B, b } from '../oncall/index.ts'" }
    expect(cycleIn(fileGraph([code, b]))).toEqual([
      'src/alerts/a.ts',
      'src/oncall/index.ts',
      'src/alerts/a.ts',
    ])
  })
})
