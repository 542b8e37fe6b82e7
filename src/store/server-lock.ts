// One server process per DATA_DIR. The lock is the operating system's, held through an open SQLite file: it ends
// with its process, however that ends, so nothing has to be cleaned up after a crash.
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { MedicError } from '../errors.ts'
import { storeFault } from './faults.ts'
import { privateFile } from './private-file.ts'
import { isBusy } from './sqlite-driver.ts'

export type ServerLock = { release(): void }

/** SM_STORE_LOCKED when another process has it. */
export function lockDataDir(dataDir: string): ServerLock {
  const path = join(dataDir, 'server.lock')
  let database: Database.Database | undefined
  try {
    privateFile(path)
    database = new Database(path, { timeout: 0 })
    database.exec('begin exclusive')
  } catch (error) {
    database?.close()
    throw isBusy(error) ? new MedicError('SM_STORE_LOCKED', { dataDir }, error) : storeFault(error)
  }
  const held = database
  return { release: () => held.close() }
}
