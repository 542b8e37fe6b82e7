// Reads Bicep with tree-sitter: does it parse, and which settings, routes and ids does it name.
import { globSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Language, type Node, Parser } from 'web-tree-sitter'

const require = createRequire(import.meta.url)
let parser: Parser | undefined

async function getParser(): Promise<Parser> {
  if (parser) return parser
  await Parser.init()
  const made = new Parser()
  made.setLanguage(await Language.load(require.resolve('tree-sitter-bicep/tree-sitter-bicep.wasm')))
  parser = made
  return made
}

export type BicepFile = { readonly path: string; readonly text: string; readonly root: Node }

export async function parseBicep(path: string, text: string): Promise<BicepFile> {
  // The grammar does not know `extension` lines yet; they are taken out before it reads.
  const tree = (await getParser()).parse(text.replace(/^extension .*$/gm, ''))
  if (!tree) throw new Error(`${path} could not be read`)
  return { path, text, root: tree.rootNode }
}

export function readBicep(folder: string): Promise<BicepFile[]> {
  const paths = globSync('**/*.bicep', { cwd: folder })
  return Promise.all(paths.map((path) => parseBicep(path, readFileSync(join(folder, path), 'utf8'))))
}

function walk(node: Node, visit: (node: Node) => void): void {
  visit(node)
  for (const child of node.children) if (child) walk(child, visit)
}

/** Line numbers the grammar does not understand. */
export function syntaxErrors(file: BicepFile): number[] {
  const lines: number[] = []
  walk(file.root, (node) => {
    if (node.isError || node.isMissing) lines.push(node.startPosition.row + 1)
  })
  return lines
}

/** Every `name: value` of every object, as text without quotes. */
export function properties(
  file: BicepFile,
): { readonly name: string; readonly value: string; readonly node: Node }[] {
  const found: { name: string; value: string; node: Node }[] = []
  walk(file.root, (node) => {
    if (node.type !== 'object_property') return
    const [key, value] = [node.namedChildren[0], node.namedChildren.at(-1)]
    if (key && value)
      found.push({ name: key.text.replaceAll("'", ''), value: value.text.replace(/^'|'$/g, ''), node })
  })
  return found
}

/** Names of the properties directly inside the object of the property called `name`. */
export function keysOf(file: BicepFile, name: string): string[] {
  const object = properties(file)
    .find((property) => property.name === name)
    ?.node.namedChildren.at(-1)
  return (object?.namedChildren ?? []).flatMap((child) =>
    child?.type === 'object_property' ? [child.namedChildren[0]?.text.replaceAll("'", '') ?? ''] : [],
  )
}

/** Resource types with API versions. */
export function resourceTypes(file: BicepFile): string[] {
  return [...file.text.matchAll(/^resource \w+ '([^']+)'/gm)].map((match) => match[1] ?? '')
}
