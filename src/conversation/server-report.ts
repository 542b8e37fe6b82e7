// Reads what a person pastes back from an agent server: our report, whole or cut, or something else.
import type { FactRow, Finding } from '../nouns.ts'
import { serverFindings } from './server-findings.ts'
import { REPORT_BEGIN, REPORT_END } from './server-report-block.ts'
import type { ReportValues } from './server-rules.ts'

export type ServerReport =
  | {
      readonly kind: 'report'
      /** Both markers are there and no line is lost. */
      readonly complete: boolean
      /** The end is missing: the paste was cut. */
      readonly cut: boolean
      /** Lines that the end marker counts and that are not there. */
      readonly lost: number
      readonly values: ReportValues
      readonly facts: readonly FactRow[]
      readonly findings: readonly Finding[]
      /** Keys that the server could not tell. */
      readonly unknown: readonly string[]
    }
  /** Not our report; `looksLike` names what it seems to be. */
  | { readonly kind: 'other'; readonly looksLike?: string }

const MAX_LINES = 400

export function isServerReport(text: string): boolean {
  return text.includes(REPORT_BEGIN) || text.includes(REPORT_END)
}

/** Outputs people paste instead, and how they are recognised. */
const others: readonly (readonly [RegExp, string])[] = [
  [/^[ \t]{0,40}Status {1,20}Name {1,40}DisplayName/m, 'the output of Get-Service'],
  [/^[ \t]{0,40}TcpTestSucceeded {0,20}:/m, 'the output of Test-NetConnection'],
  [/^[ \t]{0,40}Scope {1,20}ExecutionPolicy/m, 'the output of Get-ExecutionPolicy -List'],
  [/Export-AADCloudSyncToolsLogs|AADCloudSyncTools/i, 'output of the AADCloudSyncTools module'],
  [
    /FullyQualifiedErrorId|CategoryInfo\s*:|is not recognized as the name of a cmdlet/i,
    'an error message of PowerShell',
  ],
  [/\bAADConnectProvisioningAgent\.exe\b.*\b(?:Verbose|Information|Error)\b/i, 'a trace of the agent'],
  [/^[ \t]{0,40}(?:TimeCreated|Index {1,20}Time|ProviderName {0,20}:)/m, 'lines of an event log'],
  [/Add-Line|Test-Part|Get-CimInstance -ClassName/, 'the commands themselves, not their output'],
]

function parseLines(body: string): { values: Record<string, string>; count: number } {
  const values: Record<string, string> = Object.create(null)
  let count = 0
  for (const raw of body.split(/\r?\n/).slice(0, MAX_LINES)) {
    // Chat clients put blanks and quote signs before pasted lines.
    const match = /^[\s>|]*([a-z][a-z0-9.-]{1,80})=(.{0,400})$/i.exec(raw.trimEnd())
    if (!match?.[1]) continue
    count++
    values[match[1]] = (match[2] ?? '').trim()
  }
  return { values: { ...values }, count }
}

const names: readonly (readonly [string, string])[] = [
  ['time.utc', 'Time of the report'],
  ['agent.state', 'Agent service'],
  ['agent.account', 'Runs as'],
  ['agent.version', 'Agent version'],
  ['agent.connections443', 'Open connections on 443'],
  ['updater.state', 'Updater service'],
  ['os.name', 'Windows'],
  ['os.type', 'Installation'],
  ['ram.mb', 'Memory in MB'],
  ['dotnet.release', '.NET Framework release'],
  ['proxy.agent', 'Proxy of the agent'],
  ['time.skewseconds', 'Clock difference in s'],
  ['tls.issuer', 'Issuer seen on 443'],
  ['events.service', 'Service events of 24 h'],
  ['events.application', 'Agent events of 24 h'],
]

function factsOf(values: ReportValues): readonly FactRow[] {
  return names
    .filter(([key]) => values[key] !== undefined && values[key] !== '')
    .map(([key, name]) => ({ name, value: [{ data: values[key] ?? '' }], source: 'server report' }))
}

/** The pasted text as facts and findings. Never throws; a paste that is nothing of ours says what it looks like. */
export function readServerReport(text: string): ServerReport {
  const beginAt = text.lastIndexOf(REPORT_BEGIN)
  const endAt = text.indexOf(REPORT_END, Math.max(0, beginAt))
  const { values, count } = parseLines(
    text.slice(beginAt < 0 ? 0 : beginAt + REPORT_BEGIN.length, endAt < 0 ? undefined : endAt),
  )
  // The block itself holds both markers as well, but no line of the form key=value with a service state.
  const ours = (beginAt >= 0 || endAt >= 0) && values['agent.state'] !== undefined
  if (!ours && !(values['agent.state'] !== undefined && count > 5)) {
    const looksLike = others.find(([pattern]) => pattern.test(text))?.[1]
    return looksLike === undefined ? { kind: 'other' } : { kind: 'other', looksLike }
  }
  const promised =
    endAt < 0 ? undefined : Number(/lines=(\d{1,4})/.exec(text.slice(endAt, endAt + 60))?.[1] ?? Number.NaN)
  const lost = promised === undefined || Number.isNaN(promised) ? 0 : Math.max(0, promised - count)
  const counted = promised !== undefined && !Number.isNaN(promised)
  return {
    kind: 'report',
    complete: beginAt >= 0 && counted && lost === 0,
    cut: endAt < 0 || !counted,
    lost,
    values,
    facts: factsOf(values),
    findings: serverFindings(values),
    unknown: Object.keys(values).filter((k) => values[k] === 'unknown'),
  }
}
