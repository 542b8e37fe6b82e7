// Heads of the audit chain written down outside the database, so that cutting off its end is noticed.
import { chmod, mkdir, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MedicError } from '../errors.ts'
import type { Instant } from '../nouns.ts'
import type { Repositories } from '../ports.ts'

export type Anchor = { readonly seq: number; readonly hash: string; readonly at: Instant }

/** Where anchors are kept: the file below, or an immutable container. */
export type AnchorSink = {
  write(anchor: Anchor): Promise<void>
  read(): Promise<readonly Anchor[]>
}

const FILE = 'audit-anchors.jsonl'

function parseAnchor(line: string): Anchor | undefined {
  try {
    const value = JSON.parse(line) as Partial<Anchor>
    const whole = Number.isSafeInteger(value.seq) && typeof value.hash === 'string'
    return whole ? (value as Anchor) : undefined
  } catch {
    return undefined
  }
}

/** One anchor per line in DATA_DIR, appended and synced to disk. */
export function fileAnchors(dataDir: string): AnchorSink {
  const path = join(dataDir, FILE)
  return {
    async write(anchor) {
      await mkdir(dataDir, { recursive: true, mode: 0o700 })
      const file = await open(path, 'a', 0o600)
      try {
        // The leading line break ends a line that a crash may have left unfinished.
        await file.appendFile(`\n${JSON.stringify(anchor)}\n`)
        await file.sync()
      } finally {
        await file.close()
      }
      await chmod(path, 0o600)
    },

    async read() {
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return ''
        throw new MedicError('SM_STORE_UNAVAILABLE', { file: FILE }, error)
      })
      // A torn line is what a crash leaves; it attested nothing yet.
      return text.split('\n').flatMap((line) => parseAnchor(line) ?? [])
    },
  }
}

/** Writes the present head to the sink; undefined while the chain is empty. */
export async function anchorAudit(
  store: Pick<Repositories, 'audit'>,
  sink: AnchorSink,
  now: Instant,
): Promise<Anchor | undefined> {
  const head = await store.audit.head()
  if (!head) return undefined
  const anchor = { seq: head.seq, hash: head.hash, at: now }
  await sink.write(anchor)
  return anchor
}
