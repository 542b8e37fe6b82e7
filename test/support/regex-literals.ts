// Finds the regular expressions written in TypeScript sources, with a lexer that knows comments, texts and templates.
export type RegexLiteral = { readonly source: string; readonly flags: string; readonly line: number }

const beforeRegex = new Set([
  'return',
  'typeof',
  'case',
  'in',
  'of',
  'delete',
  'void',
  'throw',
  'await',
  'else',
  'do',
])

/** Index after a quoted text or template piece that begins at `i`; nested `${…}` of templates are left to the caller. */
function afterQuoted(code: string, i: number): number {
  const quote = code[i]
  let j = i + 1
  while (j < code.length && code[j] !== quote) j += code[j] === '\\' ? 2 : 1
  return j + 1
}

function afterRegex(code: string, i: number): number {
  let inClass = false
  for (let j = i + 1; j < code.length; j++) {
    const c = code[j]
    if (c === '\n') return -1
    if (c === '\\') j++
    else if (c === '[') inClass = true
    else if (c === ']') inClass = false
    else if (c === '/' && !inClass) return j + 1
  }
  return -1
}

/** Does what stands before a slash make it the beginning of an expression rather than a division? */
function allowsRegex(before: string): boolean {
  const text = before.trimEnd()
  const last = text.at(-1)
  if (last === undefined) return true
  if (last === ')' || last === ']' || last === '}') return false
  const word = /[A-Za-z_$][\w$]{0,30}$/.exec(text.slice(-31))?.[0]
  return word === undefined ? !/\d/.test(last) : beforeRegex.has(word)
}

export function regexLiterals(code: string): RegexLiteral[] {
  const found: RegexLiteral[] = []
  // How many braces are open inside each template substitution we are in.
  const templates: number[] = []
  let clean = ''
  const skipTemplate = (from: number): number => {
    let j = from
    while (j < code.length && code[j] !== '`') {
      if (code[j] === '$' && code[j + 1] === '{') {
        templates.push(0)
        return j + 2
      }
      j += code[j] === '\\' ? 2 : 1
    }
    return j + 1
  }
  let i = 0
  while (i < code.length) {
    const c = code[i] ?? ''
    const two = code.slice(i, i + 2)
    if (two === '//') i = (code.indexOf('\n', i) + 1 || code.length + 1) - 1
    else if (two === '/*') i = code.indexOf('*/', i + 2) + 2
    else if (c === "'" || c === '"') {
      i = afterQuoted(code, i)
      clean += ')'
    } else if (c === '`') {
      i = skipTemplate(i + 1)
      clean += templates.length > 0 ? '(' : ')'
    } else if (c === '}' && templates.at(-1) === 0) {
      templates.pop()
      i = skipTemplate(i + 1)
      clean += ')'
    } else if (c === '/' && allowsRegex(clean.slice(-40)) && afterRegex(code, i) > 0) {
      const end = afterRegex(code, i)
      const flags = /^[a-z]{0,8}/.exec(code.slice(end, end + 8))?.[0] ?? ''
      found.push({ source: code.slice(i + 1, end - 1), flags, line: code.slice(0, i).split('\n').length })
      i = end + flags.length
      clean += ')'
    } else {
      const depth = templates.at(-1)
      if (depth !== undefined && c === '{') templates[templates.length - 1] = depth + 1
      if (depth !== undefined && c === '}') templates[templates.length - 1] = depth - 1
      clean += c
      i++
    }
  }
  return found
}
