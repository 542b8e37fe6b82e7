// A small $filter: comparisons, and/or, contains/startswith/endswith, tolower, in, any(). What a property allows is a
// table; anything else is refused as the service refuses it.
import type { Json } from '../nouns.ts'
import { badRequest } from './graph-error.ts'
import type { Obj } from './show-job.ts'

export type Operator = 'eq' | 'in' | 'gt' | 'lt' | 'ge' | 'le' | 'contains' | 'startswith' | 'endswith'

/** Property path -> operators. Inside a collection the path is `name/any`, or `name/any/member`. */
export type Fields = Readonly<Record<string, readonly Operator[]>>

export type FilterRules = { readonly fields: Fields; readonly caseSensitive: boolean }

type Test = (item: Json) => boolean
type Token = { readonly kind: 'word' | 'text' | 'mark'; readonly text: string }

const pattern = /\s*(?:'((?:[^']|'')*)'|([(),:])|([^\s(),:']+(?::\d[^\s(),']*)?))/y

function tokens(text: string): readonly Token[] {
  const out: Token[] = []
  pattern.lastIndex = 0
  const end = text.trimEnd().length
  while (pattern.lastIndex < end) {
    const found = pattern.exec(text)
    if (!found) throw badRequest(`Syntax error in the $filter: ${text}`)
    if (found[1] !== undefined) out.push({ kind: 'text', text: found[1].replaceAll("''", "'") })
    else if (found[2] !== undefined) out.push({ kind: 'mark', text: found[2] })
    else out.push({ kind: 'word', text: found[3] ?? '' })
  }
  return out
}

function read(item: Json, path: readonly string[]): Json | undefined {
  let value: Json | undefined = item
  for (const step of path) {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined
    value = (value as Obj)[step]
  }
  return value
}

const isTime = (value: string): boolean => /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.test(value)

function literal(token: Token): Json {
  if (token.kind === 'text') return token.text
  if (token.text === 'null') return null
  if (token.text === 'true' || token.text === 'false') return token.text === 'true'
  if (/^-?\d+(\.\d+)?$/.test(token.text)) return Number(token.text)
  if (isTime(token.text)) return token.text
  throw badRequest(`'${token.text}' is no literal; texts are put in single quotes.`)
}

function compare(operator: Operator, left: Json | undefined, right: Json): boolean {
  if (left === undefined || left === null || right === null)
    return operator === 'eq' && (left ?? null) === right
  if (typeof left !== typeof right) return false
  if (typeof left === 'string' && typeof right === 'string') {
    if (operator === 'contains') return left.includes(right)
    if (operator === 'startswith') return left.startsWith(right)
    if (operator === 'endswith') return left.endsWith(right)
  }
  const times = typeof left === 'string' && typeof right === 'string' && isTime(left) && isTime(right)
  const [a, b] = times ? [Date.parse(left), Date.parse(right)] : [left, right]
  if (operator === 'eq') return a === b
  if (typeof a === 'boolean') return false
  if (operator === 'gt') return (a as number) > (b as number)
  if (operator === 'lt') return (a as number) < (b as number)
  if (operator === 'ge') return (a as number) >= (b as number)
  return (a as number) <= (b as number)
}

type Operand = { readonly name: string; readonly path: readonly string[]; readonly lower: boolean }
type Scope = { readonly variable: string; readonly name: string } | undefined

class Parser {
  readonly #tokens: readonly Token[]
  readonly #rules: FilterRules
  #at = 0

  constructor(text: string, rules: FilterRules) {
    this.#tokens = tokens(text)
    this.#rules = rules
  }

  all(): Test {
    const test = this.#or(undefined)
    if (this.#at < this.#tokens.length) throw badRequest(`Unexpected '${this.#peek()}' in the $filter.`)
    return test
  }

  #peek(): string | undefined {
    const token = this.#tokens[this.#at]
    return token?.kind === 'text' ? undefined : token?.text
  }

  #next(): Token {
    const token = this.#tokens[this.#at++]
    if (!token) throw badRequest('The $filter ends too early.')
    return token
  }

  #take(mark: string): void {
    const token = this.#next()
    if (token.kind === 'text' || token.text !== mark) throw badRequest(`Expected '${mark}' in the $filter.`)
  }

  #or(scope: Scope): Test {
    const tests = [this.#and(scope)]
    while (this.#peek() === 'or') {
      this.#at++
      tests.push(this.#and(scope))
    }
    return (item) => tests.some((test) => test(item))
  }

  #and(scope: Scope): Test {
    const tests = [this.#term(scope)]
    while (this.#peek() === 'and') {
      this.#at++
      tests.push(this.#term(scope))
    }
    return (item) => tests.every((test) => test(item))
  }

  #term(scope: Scope): Test {
    if (this.#peek() === '(') {
      this.#at++
      const test = this.#or(scope)
      this.#take(')')
      return test
    }
    const word = this.#peek() ?? ''
    if (word === 'contains' || word === 'startswith' || word === 'endswith')
      return this.#function(word, scope)
    if (word === 'startsWith' || word === 'endsWith')
      return this.#function(word.toLowerCase() as Operator, scope)
    if (word.endsWith('/any')) return this.#any(word)
    return this.#comparison(scope)
  }

  #function(operator: Operator, scope: Scope): Test {
    this.#at++
    this.#take('(')
    const operand = this.#operand(scope)
    this.#take(',')
    const value = literal(this.#next())
    this.#take(')')
    return this.#test(operand, operator, [value])
  }

  #comparison(scope: Scope): Test {
    const operand = this.#operand(scope)
    const operator = this.#next().text as Operator
    if (operator === 'in') {
      this.#take('(')
      const values = [literal(this.#next())]
      while (this.#peek() === ',') {
        this.#at++
        values.push(literal(this.#next()))
      }
      this.#take(')')
      return this.#test(operand, 'in', values)
    }
    return this.#test(operand, operator, [literal(this.#next())])
  }

  #any(word: string): Test {
    this.#at++
    const name = word
    const path = word.split('/').slice(0, -1)
    this.#take('(')
    const variable = this.#next().text
    this.#take(':')
    const inner = this.#or({ variable, name })
    this.#take(')')
    return (item) => {
      const list = read(item, path)
      return Array.isArray(list) && list.some((each) => inner(each as Json))
    }
  }

  #operand(scope: Scope): Operand {
    const word = this.#next()
    if (word.kind !== 'word') throw badRequest('A property is expected on the left of a comparison.')
    if (word.text === 'tolower') {
      this.#take('(')
      const inner = this.#operand(scope)
      this.#take(')')
      return { ...inner, lower: true }
    }
    const steps = word.text.split('/')
    if (scope === undefined) return { name: word.text, path: steps, lower: false }
    if (steps[0] !== scope.variable) throw badRequest(`'${word.text}' is not a part of ${scope.name}.`)
    return { name: [scope.name, ...steps.slice(1)].join('/'), path: steps.slice(1), lower: false }
  }

  #test({ name, path, lower }: Operand, operator: Operator, values: readonly Json[]): Test {
    const allowed = this.#rules.fields[name]
    if (!allowed)
      throw badRequest(
        `Invalid filter clause: the property '${name}' cannot be filtered.`,
        'Request_UnsupportedQuery',
      )
    if (!allowed.includes(operator))
      throw badRequest(
        `Unsupported query: '${operator}' is not supported on '${name}'.`,
        'Request_UnsupportedQuery',
      )
    const fold = (value: Json | undefined): Json | undefined =>
      typeof value === 'string' && !isTime(value) && (lower || !this.#rules.caseSensitive)
        ? value.toLowerCase()
        : value
    // tolower() changes the property only; without regard to case, both sides are folded.
    const wanted = this.#rules.caseSensitive ? values : values.map((value) => fold(value) as Json)
    const one = operator === 'in' ? 'eq' : operator
    return (item) => wanted.some((value) => compare(one, fold(read(item, path)), value))
  }
}

/** The filter as a test of one item; throws a GraphError 400 for anything it does not support. */
export function parseFilter(text: string, rules: FilterRules): (item: Obj) => boolean {
  return new Parser(text, rules).all()
}
