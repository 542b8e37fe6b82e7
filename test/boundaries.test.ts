import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { brokenRules, readSources } from './support/imports.ts'

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
