// Files that only the bot's own account may read.
import { chmodSync, closeSync, existsSync, openSync } from 'node:fs'

/**
 * Creates the file with mode 0600, or takes the rights of others away. An existing file is not opened: closing it
 * again would drop the locks this process holds on it.
 */
export function privateFile(path: string): void {
  if (existsSync(path)) chmodSync(path, 0o600)
  else closeSync(openSync(path, 'a', 0o600))
}
