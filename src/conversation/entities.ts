// Finds the things a message names: people, objects, domains, codes, numbers, times.
import { errorCauses, reasonCauses } from '../diagnosis/index.ts'
import { editDistance } from '../edit-distance.ts'
import { DAY, HOUR, MINUTE } from '../time.ts'

export type Entity =
  | { readonly kind: 'upn'; readonly value: string }
  | { readonly kind: 'dn'; readonly value: string }
  /** An OU or other container, not an object somebody asks about. */
  | { readonly kind: 'container'; readonly value: string }
  /** `domain` is the NetBIOS name typed before the backslash. */
  | { readonly kind: 'sam'; readonly value: string; readonly domain?: string }
  | { readonly kind: 'objectId'; readonly value: string }
  | { readonly kind: 'name'; readonly value: string; readonly type: 'user' | 'group' }
  /** `exact` false: a short name that no known configuration has confirmed. */
  | { readonly kind: 'domain'; readonly value: string; readonly exact: boolean }
  | { readonly kind: 'errorCode'; readonly value: string }
  | { readonly kind: 'incident'; readonly number: number }
  | { readonly kind: 'duration'; readonly ms: number }
  | { readonly kind: 'host'; readonly value: string }
  | { readonly kind: 'correlationId'; readonly value: string }

/** Local parts and domains of sample addresses, and accounts of the product itself. */
const placeholderLocal =
  /^(name|user|username|user ?name|firstname|first\.last|firstname\.lastname|someone|somebody|upn|prefix|x+|abc|test\.user|adtoaadsyncserviceaccount.*|sync_.*)$/i
const placeholderDomain = /^(tenant|domain|yourdomain|yourtenant|example|company|mydomain)\./i

const guid = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi
const address = /[\p{L}\p{N}][\p{L}\p{N}._'+-]{0,63}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}/gu
const dnPattern =
  /\b(?:CN|OU|UID)=(?:\\.|[^,"<>\n\\]){1,120}(?:,\s{0,2}(?:CN|OU|UID)=(?:\\.|[^,"<>\n\\]){1,120}){0,20}(?:,\s{0,2}DC=[\w-]{1,63}){1,10}/gi
const samPattern = /(?<![\w\\:%/.$-])([a-z][a-z0-9-]{1,14})\\([a-z0-9][\w.-]{0,30}\$?)(?![\w\\-])/gi
/** Folders may hold blanks; the last part may not. */
const path = /(?:\b[a-z]:|\bHK\w{2,20}:?|%\w{1,40}%)\\(?:[^\\\n"<>|:*?]{1,60}\\){0,20}[^\\\s"<>|:*?]{0,80}/gi
const fqdn = /(?<![\w@.\\/-])(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,6}[a-z]{2,24}(?![\w@\\/-]|\.\w)/gi

const notAccounts =
  /^(hklm|hkcu|hkey_\w*|nt|builtin|windows|system32|programdata|software|domain|system|microsoft|service|files|updater|agent)$/i
const fileEnd =
  /\.(exe|msc|admx|config|msi|psd1|psm1|ps1|log|txt|dll|xml|json|csv|ya?ml|md|html?|reg|zip|etl|evtx|cer|pem|sys|bat|cmd)$/i
const microsoft =
  /(?:^|\.)(windows\.net|msappproxy\.(net|us|com)|microsoft\.(com|us)|microsoftonline(-p)?\.(com|us)|msauth\.net|msftauth\.net|live\.com|azure\.(com|us)|office(365)?\.(com|us)|windowsazure\.com|digicert\.com|windowsupdate\.(com|us)|msocsp\.(com|us)|msftconnecttest\.com|usgovcloudapi\.net|windows\.us|github\.com|asp\.net|system\.\w+)$/i

function blank(text: string, start: number, length: number): string {
  return text.slice(0, start) + ' '.repeat(length) + text.slice(start + length)
}

/** Takes all matches out of the text, so that a part of one is not found again as another kind. */
function take(
  text: string,
  pattern: RegExp,
  found: (match: RegExpMatchArray, before: string) => boolean,
): string {
  let rest = text
  for (const match of text.matchAll(pattern)) {
    const start = match.index ?? 0
    if (found(match, text.slice(Math.max(0, start - 40), start))) rest = blank(rest, start, match[0].length)
  }
  return rest
}

const units: readonly (readonly [RegExp, number])[] = [
  [/\b(\d{1,4}) ?(?:m|min|mins|minutes?)\b/i, MINUTE],
  [/\b(\d{1,4}(?:\.5)?) ?(?:h|hrs?|hours?|std)\b/i, HOUR],
  [/\b(\d{1,3}) ?(?:d|days?)\b/i, DAY],
  [/\b(\d{1,2}) ?(?:w|weeks?)\b/i, 7 * DAY],
]

/** The sum of the lengths of time named, in ms; undefined when there is none. */
export function readDuration(text: string): number | undefined {
  if (/\bhalf an hour\b/i.test(text)) return 1_800_000
  if (/\b(an|one) hour\b/i.test(text)) return HOUR
  if (/\b(a|one) day\b/i.test(text)) return DAY
  let ms = 0
  for (const [pattern, size] of units) {
    const match = pattern.exec(text)
    if (match) ms += Number(match[1]) * size
  }
  return ms > 0 ? ms : undefined
}

/** Codes that are ordinary words: only with the letter case of the code and the word "error" or "code" near. */
const wordCodes = new Set(['Conflict', 'Unauthorized', 'Unknown', 'Timeout', 'InternalError'])
const codeShapes: readonly RegExp[] = [
  /\bHybrid(?:Identity|Synchronization)[A-Za-z]{5,80}\b/gi,
  /\bAzure(?:ActiveDirectory|DirectoryService|DirectoryB2B)[A-Za-z]{4,80}\b/gi,
  /\bEncountered[A-Za-z]{8,60}\b/gi,
  /\bAADSTS\d{4,7}\b/gi,
  /\bSSPR_\d{4}\b/gi,
  /\b0x[0-9a-f]{6,8}\b/gi,
  /\bhr ?= ?-?[0-9a-fx]{8,10}\b/gi,
  /\b(?:TimeOut|AttributeValueMustBeUnique|Invalid(?:SoftMatch|HardMatch|Anchor|Domain)|ObjectTypeMismatch|EntryConflict|DuplicateTargetEntries|DuplicateSourceEntries|InsufficientRights|TooManyDeletes|StagedDelete|RedundantExport|LargeObject|ExceededAllowedLength|IngestionInterrupted|QuarantinedOnDemand|QuarantineOnDemand|ImportSkipped|EntrySynchronizationSkipped|AttributeUpdateNotAllowed|IdentityDataValidationFailed|DataValidationFailed|DeletingCloudOnlyObjectNotAllowed|InsufficientAccessRights-SecErr|InvalidAttributeSyntax-LdapErr|LdapException|InternalServerError|TooManyRequests|SchemaAttributeNotFound|MandatoryFieldsMissing|MissingValues|PropertyConflict)\b/g,
  /\b(?:31(?:00[1-9]|01\d|034)|32002|32009|33004|6329|6800|8100[1-489]|8101[0-3])\b/g,
]

const canonicalCodes = new Map(
  [...Object.keys(errorCauses), ...Object.keys(reasonCauses)].map((code) => [code.toLowerCase(), code]),
)

function findCodes(text: string): readonly string[] {
  const found = new Set<string>()
  for (const shape of codeShapes) {
    for (const match of text.matchAll(shape)) {
      const code = match[0]
      // TimeOut and Timeout differ in meaning: their case is kept.
      found.add(code === 'TimeOut' ? code : (canonicalCodes.get(code.toLowerCase()) ?? code))
    }
  }
  for (const code of wordCodes) {
    if (
      new RegExp(`\\b(?:error|code|errorcode)\\W{1,4}${code}\\b|\\b${code}\\W{1,3}(?:error|code)\\b`).test(
        text,
      )
    ) {
      found.add(code)
    }
  }
  return [...found]
}

function addDomains(text: string, known: readonly string[], out: Entity[]): void {
  const have = new Set<string>()
  const add = (value: string, exact: boolean) => {
    if (have.has(value)) return
    have.add(value)
    out.push({ kind: 'domain', value, exact })
  }
  for (const match of text.matchAll(fqdn)) {
    const value = match[0].toLowerCase()
    if (fileEnd.test(value) || placeholderDomain.test(value) || value === 'onmicrosoft.com') continue
    if (microsoft.test(value)) out.push({ kind: 'host', value })
    else add(value, known.length === 0 || known.includes(value))
  }
  const words = text.toLowerCase().match(/[a-z0-9][a-z0-9-]{2,}/g) ?? []
  for (const domain of known) {
    const label = domain.split('.')[0] ?? domain
    if (label.length < 3) continue
    const close = (w: string) =>
      w === label || (label.length >= 6 && w[0] === label[0] && editDistance(w, label, 1) <= 1)
    if (words.some(close)) add(domain, true)
  }
}

/** Everything of a known shape in the (already plain) text. Names of people are found with the symptom. */
export function findEntities(text: string, knownDomains: readonly string[] = []): readonly Entity[] {
  const out: Entity[] = []
  const known = knownDomains.map((d) => d.toLowerCase())
  let rest = text.replace(/\bhttps?:\/\/[^\s<>"]{1,500}/gi, ' ').replace(path, ' ')
  rest = take(rest, dnPattern, ([dn]) => {
    out.push(
      /^(cn|uid)=/i.test(dn) ? { kind: 'dn', value: dn.trim() } : { kind: 'container', value: dn.trim() },
    )
    return true
  })
  rest = take(rest, address, ([upn]) => {
    const [local = '', domain = ''] = upn.split('@')
    if (!placeholderLocal.test(local) && !placeholderDomain.test(domain) && !microsoft.test(domain))
      out.push({ kind: 'upn', value: upn })
    return true
  })
  rest = take(rest, guid, ([id], before) => {
    const technical =
      /(correlation|request|tracking|activity|change|cycle|job|client|tenant|trace)[\s_-]{0,2}(id)?\W{0,4}$/i
    out.push(technical.test(before) ? { kind: 'correlationId', value: id } : { kind: 'objectId', value: id })
    return true
  })
  rest = take(rest, samPattern, ([whole, domain = '', account = '']) => {
    if (notAccounts.test(domain) || fileEnd.test(whole) || /^(user|username|account|name)$/i.test(account))
      return true
    out.push({ kind: 'sam', value: account, domain })
    return true
  })
  const typed = out.flatMap((e) => (e.kind === 'sam' && e.domain ? [e.domain] : []))
  addDomains([rest, ...typed].join(' '), known, out)
  for (const value of findCodes(rest)) out.push({ kind: 'errorCode', value })
  for (const match of rest.matchAll(/(?:#|\bincident ?(?:no\.? ?|number )?#?)(\d{1,6})\b/gi)) {
    out.push({ kind: 'incident', number: Number(match[1]) })
  }
  const ms = readDuration(rest)
  if (ms !== undefined) out.push({ kind: 'duration', ms })
  return out
}
