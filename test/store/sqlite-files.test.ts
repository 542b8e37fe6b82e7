// SQLite's own promises: private files, one server process per folder, a tool beside it.
import { existsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { openSqlite } from '../../src/store/index.ts'
import { AUDIT_KEY } from './backend.ts'
import { T0, TENANT } from './builders.ts'
import { startChild } from './processes.ts'
import { temporaryFolder } from './sqlite-backend.ts'

const open = async (dataDir: string, role: 'server' | 'tool' = 'server') => {
  const store = await openSqlite({ dataDir, role, auditKey: AUDIT_KEY })
  onTestFinished(() => store.close())
  return store
}
const address = (dataDir: string) => JSON.stringify({ engine: 'sqlite', dataDir })
const mode = (path: string) => (statSync(path).mode & 0o777).toString(8)

it('makes its folder and files readable by its own account alone', async () => {
  const dataDir = join(temporaryFolder(), 'deep', 'data')
  const store = await open(dataDir)
  await store.settings.put(TENANT, 'x', 1)
  expect(mode(dataDir)).toBe('700')
  for (const file of ['sync-medic.sqlite', 'sync-medic.sqlite-wal', 'sync-medic.sqlite-shm', 'server.lock']) {
    expect(`${file} ${mode(join(dataDir, file))}`).toBe(`${file} 600`)
  }
})

it('takes the rights of others away from a file that was there', async () => {
  const dataDir = temporaryFolder()
  writeFileSync(join(dataDir, 'sync-medic.sqlite'), '', { mode: 0o666 })
  await open(dataDir)
  expect(mode(join(dataDir, 'sync-medic.sqlite'))).toBe('600')
})

it('refuses a second server on the folder, in this process or another, until the first is closed', async () => {
  const dataDir = temporaryFolder()
  const first = await open(dataDir)
  await expect(open(dataDir)).rejects.toMatchObject({ code: 'SM_STORE_LOCKED' })
  const child = startChild(address(dataDir), 'hold')
  await expect(child.line((line) => line === 'open')).rejects.toThrow('SM_STORE_LOCKED')
  // The attempts did not take the first one's lock away.
  await expect(open(dataDir)).rejects.toMatchObject({ code: 'SM_STORE_LOCKED' })
  await first.close()
  const second = startChild(address(dataDir), 'hold')
  await second.line((line) => line === 'open')
})

it('is not held up by the lock of a process that was killed', async () => {
  const dataDir = temporaryFolder()
  const child = startChild(address(dataDir), 'hold')
  await child.line((line) => line === 'open')
  await expect(open(dataDir)).rejects.toMatchObject({ code: 'SM_STORE_LOCKED' })
  child.signal('SIGKILL')
  await child.ended
  const store = await open(dataDir)
  expect(await store.migrationsCurrent()).toBe(true)
})

it('lets a tool work beside a running server', async () => {
  const dataDir = temporaryFolder()
  const server = await open(dataDir)
  const tool = await open(dataDir, 'tool')
  await server.settings.put(TENANT, 'x', 1)
  expect(await tool.settings.get(TENANT, 'x')).toBe(1)
  await tool.settings.put(TENANT, 'x', 2)
  expect(await server.settings.get(TENANT, 'x')).toBe(2)
})

it('keeps nothing in memory beyond its end, and shares nothing', async () => {
  const stores = await Promise.all([1, 2].map(() => openSqlite({ memory: true, auditKey: AUDIT_KEY })))
  await stores[0]?.seen.begin('e', T0)
  expect(await stores[1]?.seen.begin('e', T0)).toEqual({ state: 'first' })
  await Promise.all(stores.map((store) => store.close()))
})

it('says so when the folder cannot be used', async () => {
  const file = join(temporaryFolder(), 'file')
  writeFileSync(file, 'not a folder')
  await expect(open(join(file, 'data'))).rejects.toMatchObject({ code: 'SM_STORE_UNAVAILABLE' })
  const dataDir = temporaryFolder()
  writeFileSync(
    join(dataDir, 'sync-medic.sqlite'),
    'this is no database, but long enough to be looked at'.repeat(20),
  )
  await expect(open(dataDir)).rejects.toMatchObject({ code: 'SM_STORE_UNAVAILABLE' })
  expect(existsSync(join(dataDir, 'server.lock'))).toBe(true)
  await expect(open(dataDir)).rejects.toMatchObject({ code: 'SM_STORE_UNAVAILABLE' })
})

it('has no chain without a key', async () => {
  await expect(openSqlite({ memory: true, auditKey: '' })).rejects.toMatchObject({ code: 'SM_STORE_MISUSED' })
})
