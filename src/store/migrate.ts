// Brings the tables to the newest version. An older process may start on a newer schema, as happens during a roll-out.
import { type Migration, Migrator } from 'kysely/migration'
import type { Engine } from './engine.ts'
import { storeFault } from './faults.ts'
import { firstTables } from './migrations/0001-first-tables.ts'
import type { Db } from './schema.ts'

export type Migrations = Readonly<Record<string, Migration>>

/** In the order of their names. */
export const migrationsOf = (engine: Engine['name']): Migrations => ({
  '0001-first-tables': firstTables(engine),
})

const migratorOf = (db: Db, migrations: Migrations) =>
  new Migrator({ db, provider: { getMigrations: () => Promise.resolve({ ...migrations }) } })

/** True when every migration this version knows has run; it may be that newer ones have, too. */
export async function isCurrent(db: Db, migrations: Migrations): Promise<boolean> {
  const known = await migratorOf(db, migrations).getMigrations()
  return known.every((migration) => migration.executedAt !== undefined)
}

/** Runs what is missing, one process at a time (advisory lock), all of it in one transaction. */
export async function migrate(db: Db, migrations: Migrations): Promise<void> {
  try {
    // Looked at first: with nothing to do no right to change tables is needed, nor is a newer schema an error.
    if (await isCurrent(db, migrations)) return
    const { error } = await migratorOf(db, migrations).migrateToLatest()
    if (error) throw error
  } catch (error) {
    throw storeFault(error)
  }
}
