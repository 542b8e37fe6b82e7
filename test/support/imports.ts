// Reads the imports of a source tree and holds them against the rules of the rooms.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative, sep } from 'node:path'

export type Source = { readonly path: string; readonly text: string }

export function readSources(root: string, folder = 'src'): Source[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: relative(root, path).split(sep).join('/'), text: readFileSync(path, 'utf8') }))
}

const importPattern =
  /(?:^|\n)\s*(?:import|export)\s(?:[^'"`;]*?\sfrom\s*)?['"]([^'"\n]+)['"]|import\(\s*['"]([^'"\n]+)['"]\s*\)/g

export function importsOf(source: Source): string[] {
  return [...source.text.matchAll(importPattern)].map((match) => match[1] ?? match[2] ?? '')
}

/** Package → the one room that may import it, and what to use elsewhere. */
const owners: readonly { readonly packages: RegExp; readonly room: string; readonly instead: string }[] = [
  {
    packages: /^(botbuilder|botframework-|restify)/,
    room: 'teams',
    instead: 'ConversationPort and IncomingEvent',
  },
  {
    packages: /^(@microsoft\/microsoft-graph-client|@azure\/identity)/,
    room: 'graph',
    instead: 'src/sync for reads and SyncWrites for writes',
  },
  {
    packages: /^(kysely|better-sqlite3|pg)(\/|$)/,
    room: 'store',
    instead: 'the repositories of src/ports.ts',
  },
]

/** Rooms of plain functions: they see no network and no edge room. */
const plainRooms: readonly string[] = ['cards', 'diagnosis', 'knowledge', 'access', 'sync']
const edgeRooms: readonly string[] = ['teams', 'graph', 'store', 'rehearsal']

function roomOf(path: string): string | undefined {
  return /^src\/([^/]+)\//.exec(path)?.[1]
}

function problemWith(source: Source, target: string): string | undefined {
  const room = roomOf(source.path)
  const owner = owners.find((rule) => rule.packages.test(target))
  if (owner && owner.room !== room)
    return `${source.path} imports ${target}: only src/${owner.room}/ may; use ${owner.instead}`
  if (room && plainRooms.includes(room) && /^node:(http|https|net|tls|dgram|child_process)$/.test(target))
    return `${source.path} imports ${target}: src/${room}/ has no network; take a port instead`
  if (!target.startsWith('.')) return undefined
  const path = normalize(join(dirname(source.path), target))
    .split(sep)
    .join('/')
  const other = roomOf(path)
  if (!other || other === room || !room) return undefined
  if (path !== `src/${other}/index.ts`)
    return `${source.path} imports ${path}: import src/${other}/index.ts instead`
  if (edgeRooms.includes(other) && plainRooms.includes(room) && !(room === 'sync' && other === 'graph'))
    return `${source.path} imports src/${other}: src/${room}/ is plain functions; take a port of src/ports.ts instead`
  return undefined
}

/** One line per broken rule: file, forbidden import, what to use instead. */
export function brokenRules(sources: readonly Source[]): string[] {
  return sources.flatMap((source) => {
    const found = importsOf(source).flatMap((target) => problemWith(source, target) ?? [])
    const readsEnvironment = /process\.env\b/.test(source.text) && source.path !== 'src/config.ts'
    if (readsEnvironment)
      found.push(`${source.path} reads process.env: only src/config.ts may; add a setting there`)
    return found
  })
}

/** Imports that only name types leave nothing behind at run time. */
function runtimeImportsOf({ text, path }: Source): string[] {
  const bare = text.replace(/(?:^|\n)\s*(?:import|export)\s+type\s[^'"`;]*?from\s*['"][^'"\n]+['"]/g, '\n')
  return importsOf({ path, text: bare })
}

function pathOf(source: Source, target: string): string {
  return normalize(join(dirname(source.path), target))
    .split(sep)
    .join('/')
}

/** The first way found from a node back to itself, or undefined. */
export function cycleIn(graph: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] | undefined {
  const done = new Set<string>()
  const walk = (node: string, way: readonly string[]): readonly string[] | undefined => {
    const at = way.indexOf(node)
    if (at >= 0) return [...way.slice(at), node]
    if (done.has(node)) return undefined
    for (const next of graph.get(node) ?? []) {
      const found = walk(next, [...way, node])
      if (found) return found
    }
    done.add(node)
    return undefined
  }
  for (const node of graph.keys()) {
    const found = walk(node, [])
    if (found) return found
  }
  return undefined
}

/** Room to rooms, types included: what a room must know to be understood. Files of no room are rooms of their own. */
export function roomGraph(sources: readonly Source[]): Map<string, Set<string>> {
  const nodeOf = (path: string) => roomOf(path) ?? path
  const graph = new Map<string, Set<string>>()
  for (const source of sources) {
    const from = nodeOf(source.path)
    const to = graph.get(from) ?? new Set<string>()
    graph.set(from, to)
    for (const target of importsOf(source).filter((one) => one.startsWith('.'))) {
      const other = nodeOf(pathOf(source, target))
      // `nouns.ts` and `ports.ts` are the doors of the folders that bear their names.
      if (other !== from && other !== `src/${from}.ts` && from !== `src/${other}.ts`) to.add(other)
    }
  }
  return graph
}

/** File to files, as they are loaded. */
export function fileGraph(sources: readonly Source[]): Map<string, Set<string>> {
  return new Map(
    sources.map((source) => [
      source.path,
      new Set(
        runtimeImportsOf(source)
          .filter((one) => one.startsWith('.'))
          .map((one) => pathOf(source, one)),
      ),
    ]),
  )
}
