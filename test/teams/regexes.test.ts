import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { type RegexLiteral, regexLiterals } from '../support/regex-literals.ts'

type Found = RegexLiteral & { readonly file: string; readonly longest: number }

const root = join(import.meta.dirname, '../..')
/** All texts for one expression together. Linear ones need some hundredths of it, catastrophic ones never end. */
const PATIENCE_MS = 1500

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

/** Runs the tasks from `from` on; resolves with the index of one that does not end, or with their number. */
function runFrom(tasks: readonly Task[], from: number): Promise<number> {
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
    worker.on('message', (index: number) => {
      clearTimeout(timer)
      current = index
      if (index >= tasks.length) stop()
      else timer = setTimeout(stop, PATIENCE_MS)
    })
    worker.on('error', reject)
  })
}

async function tooSlow<T extends Task>(tasks: readonly T[]): Promise<T[]> {
  const slow: T[] = []
  let from = 0
  while (from < tasks.length) {
    from = await runFrom(tasks, from)
    const task = tasks[from]
    if (task) slow.push(task)
    from++
  }
  return slow
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
