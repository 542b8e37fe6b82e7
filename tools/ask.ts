// `npm run ask -- "which ports?"`: one answer as plain text. With --jsonl: one question per line in, one answer out.
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { askers, askLine, askPlaces, openAsking, startProblem } from '../src/ask.ts'
import { loadConfig } from '../src/config.ts'

const usage = `npm run ask -- "a question" [--as ${askers.join('|')}] [--place ${askPlaces.join('|')}]
npm run -s ask -- --jsonl < questions.jsonl > answers.jsonl
`

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        as: { type: 'string', default: 'helpdesk' },
        place: { type: 'string', default: 'personal' },
        jsonl: { type: 'boolean', default: false },
      },
    })
    const as = askers.find((one) => one === values.as)
    const place = askPlaces.find((one) => one === values.place)
    const text = positionals.join(' ').trim()
    return as && place && (values.jsonl || text !== '') ? { as, place, text, jsonl: values.jsonl } : undefined
  } catch {
    return undefined
  }
}

async function main(): Promise<number> {
  const given = readArguments()
  if (!given) {
    process.stderr.write(usage)
    return 64
  }
  const loaded = loadConfig()
  if (!loaded.ok) {
    process.stderr.write(`${loaded.problems.join('\n')}\nSee docs/configuration.md.\n`)
    return 78
  }
  const asking = await openAsking(loaded.config, given)
  try {
    if (!given.jsonl) {
      const { kind, answer } = await asking.ask(given.text)
      process.stdout.write(`${answer}\n`)
      return kind === 'error' ? 1 : 0
    }
    for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (line.trim() === '') continue
      process.stdout.write(`${JSON.stringify(await askLine(asking, line))}\n`)
    }
    return 0
  } finally {
    await asking.close()
  }
}

try {
  process.exitCode = await main()
} catch (thrown) {
  const { code, text } = startProblem(thrown)
  process.stderr.write(text)
  process.exitCode = code === 'SM_CONFIG_INVALID' ? 78 : 1
}
