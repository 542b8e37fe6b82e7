// A quick reader for the plain YAML our files are written in. It returns undefined for anything it is not sure of,
// and the caller then takes the `yaml` library: 200 files through the library alone cost most of the start.
// A test reads every file both ways and wants the same value.

type Line = { readonly indent: number; readonly text: string }
type Value = string | number | boolean | Value[] | { [key: string]: Value }
type Reader = { readonly lines: readonly Line[]; at: number }

class Unsure extends Error {}

/** The value, or undefined when the text uses more of YAML than this knows. */
export function quickYaml(text: string): unknown {
  try {
    const reader: Reader = { lines: linesOf(text), at: 0 }
    const value = readBlock(reader, 0)
    return reader.at === reader.lines.length ? value : undefined
  } catch (error) {
    if (error instanceof Unsure) return undefined
    throw error
  }
}

function linesOf(text: string): Line[] {
  const lines: Line[] = []
  for (const raw of text.split('\n')) {
    const body = raw.trimEnd()
    if (body.includes('\t')) throw new Unsure()
    let indent = 0
    while (body.charCodeAt(indent) === 32) indent++
    if (body === '' || body.charCodeAt(indent) === 35) continue
    lines.push({ indent, text: body.slice(indent) })
  }
  if (lines.length === 0) throw new Unsure()
  return lines
}

const KEY = /^([A-Za-z0-9_-]+):(?: +(.*))?$/

function readBlock(reader: Reader, indent: number): Value {
  const first = reader.lines[reader.at]
  if (!first || first.indent !== indent) throw new Unsure()
  if (first.text.startsWith('- ')) return readList(reader, indent)
  return readMap(reader, indent)
}

function readMap(reader: Reader, indent: number): Value {
  const out: { [key: string]: Value } = {}
  for (let line = reader.lines[reader.at]; line && line.indent === indent; line = reader.lines[reader.at]) {
    if (line.text.startsWith('- ')) throw new Unsure()
    const match = KEY.exec(line.text)
    const key = match?.[1]
    if (
      key === undefined ||
      key in out ||
      key === '__proto__' ||
      /^\d+$|^-|^(true|false|null|yes|no)$/i.test(key)
    )
      throw new Unsure()
    reader.at++
    out[key] = match?.[2] === undefined ? readNested(reader, indent) : readInline(match[2])
  }
  return out
}

/** What stands below `key:`: deeper lines, or a list at the same depth is not ours. */
function readNested(reader: Reader, indent: number): Value {
  const next = reader.lines[reader.at]
  if (!next || next.indent <= indent) throw new Unsure()
  return readBlock(reader, next.indent)
}

function readList(reader: Reader, indent: number): Value {
  const out: Value[] = []
  for (let line = reader.lines[reader.at]; line && line.indent === indent; line = reader.lines[reader.at]) {
    if (!line.text.startsWith('- ')) throw new Unsure()
    const rest = line.text.slice(2)
    // The lists of question phrases are most of what there is to read.
    if (rest.startsWith('"') && rest.indexOf('"', 1) === rest.length - 1 && !rest.includes('\\')) {
      reader.at++
      out.push(rest.slice(1, -1))
      continue
    }
    const inner = rest.trimStart()
    if (KEY.test(inner) && !/^["'[{]/.test(inner)) {
      // "- key: value": a map whose first line stands behind the dash.
      const depth = indent + 2 + (rest.length - inner.length)
      const lines = reader.lines as Line[]
      lines[reader.at] = { indent: depth, text: inner }
      out.push(readMap(reader, depth))
    } else {
      reader.at++
      out.push(readInline(inner))
    }
  }
  return out
}

/** A value on one line: quoted text, a flow list or map, or a plain scalar. */
function readInline(text: string): Value {
  const cursor = { text, at: 0 }
  const value = readFlow(cursor, false)
  if (cursor.at !== text.length) throw new Unsure()
  return value
}

type Cursor = { readonly text: string; at: number }

function readFlow(cursor: Cursor, inside: boolean): Value {
  const first = cursor.text[cursor.at]
  if (first === '"') return readQuoted(cursor)
  if (first === '[') return readFlowList(cursor)
  if (first === '{') return readFlowMap(cursor)
  const rest = cursor.text.slice(cursor.at)
  const plain = inside ? (/^[^,[\]{}]*/.exec(rest)?.[0] ?? '') : rest
  cursor.at += plain.length
  return scalar(plain.trim())
}

function readQuoted(cursor: Cursor): string {
  const match = /^"(?:[^"\\]|\\["\\nt])*"/.exec(cursor.text.slice(cursor.at))
  if (!match) throw new Unsure()
  cursor.at += match[0].length
  return JSON.parse(match[0]) as string
}

function skip(cursor: Cursor): string | undefined {
  while (cursor.text[cursor.at] === ' ') cursor.at++
  return cursor.text[cursor.at]
}

function readFlowList(cursor: Cursor): Value[] {
  const out: Value[] = []
  cursor.at++
  if (skip(cursor) === ']') {
    cursor.at++
    return out
  }
  for (;;) {
    skip(cursor)
    out.push(readFlow(cursor, true))
    const next = skip(cursor)
    cursor.at++
    if (next === ']') return out
    if (next !== ',') throw new Unsure()
  }
}

function readFlowMap(cursor: Cursor): Value {
  const out: { [key: string]: Value } = {}
  cursor.at++
  for (;;) {
    skip(cursor)
    const key = /^([A-Za-z_]+): +/.exec(cursor.text.slice(cursor.at))
    if (!key?.[1] || key[1] in out) throw new Unsure()
    cursor.at += key[0].length
    out[key[1]] = readFlow(cursor, true)
    const next = skip(cursor)
    cursor.at++
    if (next === '}') return out
    if (next !== ',') throw new Unsure()
  }
}

/** A plain scalar. Whatever YAML might read in another way is left to the library. */
function scalar(text: string): Value {
  if (text === '' || /^[-?:,[\]{}#&*!|>'"%@`~]|: |:$| #/.test(text)) throw new Unsure()
  if (text === 'true' || text === 'false') return text === 'true'
  if (/^0[xob]/i.test(text) || /^[-+]?\.(inf|nan)$/i.test(text)) throw new Unsure()
  if (/^(null|~)$/i.test(text) || /^(true|false)$/i.test(text)) throw new Unsure()
  if (/^\d+$/.test(text)) {
    if (text.length > 1 && text.startsWith('0')) throw new Unsure()
    return Number(text)
  }
  if (/^[-+.]?\d[\d._eExXoO+-]*$/.test(text) && !/^\d+(?:-\d+)+$|^\d+(?:\.\d+){2,}$/.test(text))
    throw new Unsure()
  return text
}
