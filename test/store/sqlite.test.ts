import { conformance } from './conformance.ts'
import { sqliteBackend } from './sqlite-backend.ts'

conformance(sqliteBackend)
