// HMAC keys of the audit chain and of pseudonyms: given by settings, else made once in the data folder.
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Config } from './config.ts'

export type Keys = { readonly audit: string; readonly pseudonym: string }

const stored = z.strictObject({ audit: z.string().min(32), pseudonym: z.string().min(32) })

function readOrMake(dataDir: string): Keys {
  const file = join(dataDir, 'keys.json')
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const fresh = {
    audit: randomBytes(32).toString('base64url'),
    pseudonym: randomBytes(32).toString('base64url'),
  }
  try {
    // `wx`: of two processes that start at once only one makes the keys.
    writeFileSync(file, JSON.stringify(fresh), { mode: 0o600, flag: 'wx' })
    return fresh
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    return stored.parse(JSON.parse(readFileSync(file, 'utf8')))
  }
}

export function keysOf(config: Config): Keys {
  if (config.auditKey && config.pseudonymKey)
    return { audit: config.auditKey.reveal(), pseudonym: config.pseudonymKey.reveal() }
  const made = readOrMake(config.dataDir)
  return {
    audit: config.auditKey?.reveal() ?? made.audit,
    pseudonym: config.pseudonymKey?.reveal() ?? made.pseudonym,
  }
}
