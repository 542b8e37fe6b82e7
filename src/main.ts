// No logic: read the configuration, build the app, listen, drain on SIGTERM.
import { type App, createApp } from './app.ts'
import { loadConfig } from './config.ts'
import { asMedicError, catalogue } from './errors.ts'
import { welcomeText } from './rehearsal/index.ts'

const DRAIN_MS = 10_000
/** Whoever spreads the load must see "not ready" before connections are refused. */
const NOTICE_MS = 1000
const LONGEST_DRAIN_MS = 25_000
const EX_CONFIG = 78
const EX_SOFTWARE = 1

function stop(app: App): void {
  let asked = false
  const drain = (noticeMs: number) => {
    // A second signal, or a drain that hangs, ends at once.
    if (asked) process.exit(EX_SOFTWARE)
    asked = true
    setTimeout(() => process.exit(EX_SOFTWARE), LONGEST_DRAIN_MS).unref()
    app.close(DRAIN_MS, noticeMs).then(
      (left) => process.exit(left > 0 ? EX_SOFTWARE : 0),
      () => process.exit(EX_SOFTWARE),
    )
  }
  process.on('SIGTERM', () => drain(NOTICE_MS))
  process.on('SIGINT', () => drain(0))
  for (const name of ['uncaughtException', 'unhandledRejection'] as const)
    process.on(name, (err: unknown) => {
      // No limping: whoever starts us starts a clean process.
      app.telemetry.log.fatal({ err }, name)
      process.exit(EX_SOFTWARE)
    })
}

const loaded = loadConfig()
if (!loaded.ok) {
  process.stderr.write(
    `The configuration has ${loaded.problems.length} problem(s):\n${loaded.problems.map((p) => `  - ${p}\n`).join('')}See docs/configuration.md.\n`,
  )
  process.exit(EX_CONFIG)
}
try {
  const app = await createApp(loaded.config)
  stop(app)
  const port = await app.listen()
  if (loaded.config.anonymous) process.stdout.write(welcomeText(loaded.config.host, port))
} catch (thrown) {
  const error = asMedicError(thrown)
  const fields = Object.entries(error.fields).map(([name, value]) => ` ${name}: ${value}.`)
  process.stderr.write(
    `${error.code}: ${catalogue[error.code].operator}${fields.join('')}\n${catalogue[error.code].next}\n`,
  )
  if (error.code === 'SM_TURN_FAILED')
    process.stderr.write(`${error.cause instanceof Error ? error.cause.stack : ''}\n`)
  process.exit(error.code === 'SM_CONFIG_INVALID' ? EX_CONFIG : EX_SOFTWARE)
}
