// The form of a rule over the lines of a server report, and what rules share.
import type { NextStep, Prose, Severity, Who } from '../nouns.ts'

export type ReportValues = Readonly<Record<string, string>>

export type Said = {
  readonly title: Prose
  readonly cause: string
  readonly steps: readonly NextStep[]
  /** Keys of the lines that show it. */
  readonly keys: readonly string[]
  readonly likely?: true
}

export type Rule = {
  readonly id: string
  readonly severity: Severity
  readonly article: string
  readonly read: (values: ReportValues) => Said | undefined
}

export const REPORT_ARTICLE = 'agent-server-report'
/** .NET Framework 4.7.1. */
export const DOTNET_471 = 461_308
/** Windows Server 2016. */
export const BUILD_2016 = 14_393
/** 4 GB less what firmware may keep. */
export const RAM_MB = 3_900
/** Kerberos and token checks fail beyond five minutes. */
export const SKEW_SECONDS = 300
export const OLD_VERSION = [1, 1, 1365, 0]

export function step(who: Who, text: string, command?: string): NextStep {
  return { who, prose: [text], ...(command === undefined ? {} : { command }) }
}

export function number(text: string | undefined): number | undefined {
  if (text === undefined || !/^-?\d+(\.\d+)?$/.test(text)) return undefined
  return Number(text)
}

export function is(text: string | undefined, ...wanted: readonly string[]): boolean {
  return text !== undefined && wanted.some((w) => w.toLowerCase() === text.toLowerCase())
}

/** Counts of events by id, from "7041x2 7038x1". */
export function eventCounts(text: string | undefined): ReadonlyMap<number, number> {
  const out = new Map<number, number>()
  for (const part of (text ?? '').split(/\s+/)) {
    const match = /^(\d{1,6})x(\d{1,6})$/.exec(part)
    if (match) out.set(Number(match[1]), Number(match[2]))
  }
  return out
}

export function older(version: string, than: readonly number[]): boolean {
  const parts = version.split('.').map(Number)
  for (const [i, limit] of than.entries()) {
    const part = parts[i] ?? 0
    if (Number.isNaN(part) || part > limit) return false
    if (part < limit) return true
  }
  return false
}
