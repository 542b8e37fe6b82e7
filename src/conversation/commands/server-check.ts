// The read-only block for the agent server, and what its pasted output says.
import type { Block, FactRow, Reply } from '../../nouns.ts'
import { readServerReport } from '../server-report.ts'
import type { Services } from '../services.ts'
import { count, notice, type Response, say, type Turn } from '../turn.ts'
import { takeReport } from './dialog.ts'
import { findingReply, MOST_FINDINGS, reportBlockReply } from './dialog-replies.ts'

export function reportBlock(services: Services): Response {
  return say(reportBlockReply(services.reportHosts))
}

function notAReport(looksLike: string | undefined): Reply {
  const what = looksLike === undefined ? 'This is not the report I know.' : `This looks like ${looksLike}.`
  return notice(
    what,
    'Paste the block I gave you into PowerShell on the agent server, then everything it prints. Say "server report" to get the block again.',
  )
}

/** Output of something else, recognised for what it is; undefined when it is our report or just words. */
export function otherOutput(text: string): Reply | undefined {
  const read = readServerReport(text)
  return read.kind === 'other' && read.looksLike !== undefined ? notAReport(read.looksLike) : undefined
}

function nothingWrong(given: {
  readonly facts: readonly FactRow[]
  readonly unknown: readonly string[]
  readonly complete: boolean
}): Reply {
  const { facts, unknown, complete } = given
  const rest: Block = {
    kind: 'text',
    prose: [
      unknown.length > 0
        ? `The server could not tell: ${unknown.join(', ')}.`
        : complete
          ? 'Every line could be read.'
          : 'What is missing may still hold the cause.',
    ],
  }
  return {
    kind: 'notice',
    title: complete ? 'The report shows nothing wrong.' : 'The part that is there shows nothing wrong.',
    tone: complete ? 'good' : 'attention',
    blocks: [...(facts.length > 0 ? [{ kind: 'facts' as const, rows: facts }] : []), rest],
    offers: [],
  }
}

/** A pasted server report: inside a dialog it answers the question, outside it is read on its own. */
export async function report(turn: Turn, services: Services, text: string): Promise<Response> {
  const read = readServerReport(text)
  if (read.kind === 'other') return say(notAReport(read.looksLike))
  const incomplete = read.cut
    ? ['It is cut at its end; what follows is from the part that is there.']
    : read.lost > 0
      ? [`${count(read.lost, 'line')} of it ${read.lost === 1 ? 'is' : 'are'} missing.`]
      : []
  const lead = incomplete.length > 0 ? [notice('The report is not complete.', ...incomplete)] : []
  const taken = await takeReport(turn, services, read)
  if (taken) return { ...taken, replies: [...lead, ...taken.replies] }
  const findings = read.findings.slice(0, MOST_FINDINGS)
  if (findings.length === 0) return say(...lead, nothingWrong(read))
  const title = findings[0]?.title ?? []
  return say(...lead, findingReply(services, { title, findings, facts: read.facts, asOf: turn.now }))
}
