import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { type RegexLiteral, regexLiterals } from '../support/regex-literals.ts'

type Found = RegexLiteral & { readonly file: string; readonly longest: number }

const root = join(import.meta.dirname, '../..')
/** One that has not come back after this is catastrophic; slow ones end and say so themselves. */
const PATIENCE_MS = 3000

const FULL = 100 * 1024
/** A comment on the line of the expression or the one before: "at most 2000 characters". The caller must see to it. */
const bound = /at most ([\d_]{1,9}) characters/

function collect(): Found[] {
  return globSync('src/**/*.ts', { cwd: root }).flatMap((file) => {
    const code = readFileSync(join(root, file), 'utf8')
    const lines = code.split('\n')
    return regexLiterals(code).map((literal) => {
      const near = lines.slice(Math.max(0, literal.line - 2), literal.line).join('\n')
      const promised = bound.exec(near)?.[1]?.replaceAll('_', '')
      return { ...literal, file, longest: promised === undefined ? FULL : Number(promised) }
    })
  })
}

type Task = { readonly source: string; readonly flags: string; readonly longest: number }

/** Runs the tasks from `from` on, adding slow ones; resolves with the index of one that never ends, or their number. */
function runFrom(tasks: readonly Task[], from: number, slow: Set<number>): Promise<number> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('../support/regex-worker.ts', import.meta.url), {
      workerData: { tasks, from },
    })
    let current = from
    let timer = setTimeout(() => undefined, 0)
    const stop = () => {
      clearTimeout(timer)
      void worker.terminate().then(() => resolve(current))
    }
    worker.on('message', ({ at, slow: found }: { readonly at?: number; readonly slow?: number }) => {
      if (found !== undefined) slow.add(found)
      if (at === undefined) return
      clearTimeout(timer)
      current = at
      if (at >= tasks.length) stop()
      else timer = setTimeout(stop, PATIENCE_MS)
    })
    worker.on('error', reject)
  })
}

async function tooSlow<T extends Task>(tasks: readonly T[]): Promise<T[]> {
  const slow = new Set<number>()
  for (let from = 0; from < tasks.length; from++) {
    from = await runFrom(tasks, from, slow)
    if (from < tasks.length) slow.add(from)
  }
  return tasks.filter((_task, i) => slow.has(i))
}

test('the lexer finds expressions where they are and none where they are not', () => {
  const code = [
    'const a = /x[/]y/g // not /this/',
    'const b = 4 / 2 / 1',
    "const c = 'no /regex/ here' + `nor /here/ but $" + "{'/'.replace(/-/g, '')} /no/`",
    'return /^(?:a|b)$/u.test(c)',
    '/* /neither/ */ const d = (a) / b',
    'const e = [/one/, /two/i]',
  ].join('\n')
  expect(regexLiterals(code).map(({ source, flags, line }) => `${line} /${source}/${flags}`)).toEqual([
    '1 /x[/]y/g',
    '3 /-/g',
    '4 /^(?:a|b)$/u',
    '6 /one/',
    '6 /two/i',
  ])
})

test('the check catches a catastrophic and a quadratic expression', async () => {
  const tasks = [
    { source: '^(a+)+$', flags: '', longest: FULL },
    { source: 'plain', flags: '', longest: FULL },
    { source: '\\s+$', flags: '', longest: FULL },
    { source: ' +$', flags: '', longest: 2000 },
  ]
  expect((await tooSlow(tasks)).map(({ source }) => source)).toEqual(['^(a+)+$', '\\s+$'])
})

test('C3 every expression of src is linear on 100 KB of hostile text', { timeout: 120_000 }, async () => {
  const all = collect()
  expect(all.length).toBeGreaterThan(20)
  expect(all.some(({ file }) => file === join('src', 'teams', 'text.ts'))).toBe(true)
  const unique = [
    ...new Map(all.map((found) => [`${found.source}|${found.flags}|${found.longest}`, found])).values(),
  ]
  const slow = await tooSlow(unique)
  expect(slow.map(({ file, line, source, flags }) => `${file}:${line} /${source}/${flags}`)).toEqual([])
})
