// `npm run audit -- verify`: does the audit chain hold? `npm run audit -- export > rows.jsonl`: all of it.
import { loadConfig } from '../src/config.ts'
import { keysOf } from '../src/keys.ts'
import { checkAudit, exportAudit, fileAnchors, openPostgres, openSqlite } from '../src/store/index.ts'

const command = process.argv[2]
const loaded = loadConfig()
if (command !== 'verify' && command !== 'export') {
  process.stderr.write('npm run audit -- verify | export\n')
  process.exitCode = 64
} else if (!loaded.ok) {
  process.stderr.write(`${loaded.problems.join('\n')}\n`)
  process.exitCode = 78
} else {
  const { config } = loaded
  const { audit: auditKey } = keysOf(config)
  const shared = { auditKey, allowClockMoves: !config.production }
  const store =
    config.databaseUrl === undefined
      ? await openSqlite({ dataDir: config.dataDir, role: 'tool', ...shared })
      : await openPostgres({ url: config.databaseUrl, poolSize: 2, migrate: false, ...shared })
  try {
    if (command === 'export') {
      for await (const line of exportAudit(store)) process.stdout.write(line)
    } else {
      const { ok, sentence } = await checkAudit(store, auditKey, fileAnchors(config.dataDir))
      process.stdout.write(`${sentence}\n`)
      process.exitCode = ok ? 0 : 1
    }
  } finally {
    await store.close()
  }
}
