// A diagnosis: the fact, its cause, the evidence, who must do what, and what could not be seen.

import type { Finding, Instant, Prose, Reply } from '../nouns.ts'
import { whoWords } from '../words.ts'
import { factsSection, section, sourcesSection, stepsSection, uncheckedSection } from './blocks.ts'
import type { Part, Section, Sheet } from './sheet.ts'
import { proseText } from './text.ts'
import { severityWords, signs } from './words.ts'

/** Cause, and that it is inferred where it is. */
export function causeParts(finding: Finding): readonly Part[] {
  const likely: Prose = ['This is the likely cause: it is inferred, no record names it.']
  return [
    { kind: 'text', prose: finding.cause },
    ...(finding.confidence === 'likely' ? [{ kind: 'text', prose: likely, subtle: true } as const] : []),
  ]
}

function otherFindings(others: readonly Finding[]): readonly Section[] {
  const items = others.map((other): Prose => {
    const first = other.nextSteps[0]
    const next: Prose = first ? [' ', { strong: `${whoWords[first.who]}:` }, ' ', ...first.prose] : []
    const end = /[.!?]$/.test(proseText(other.title, 0)) ? [] : ['.']
    return [{ strong: `${severityWords[other.severity].word}: ` }, ...other.title, ...end, ...next]
  })
  return items.length > 0
    ? [{ keep: 4, title: 'Also found', parts: [{ kind: 'list', ordered: false, items, more: 0 }] }]
    : []
}

function strip(main: Finding | undefined, blind: boolean): Pick<Sheet, 'tone' | 'strip'> {
  if (main) {
    const { word, tone, sign } = severityWords[main.severity]
    const right = main.confidence === 'likely' ? 'likely cause' : 'cause found'
    return { tone, strip: { sign, word, right } }
  }
  // Seeing nothing wrong while half blind is not good news.
  return blind
    ? { tone: 'warning', strip: { sign: signs.warning, word: 'Not everything could be checked' } }
    : { tone: 'neutral', strip: { sign: signs.neutral, word: 'Checked' } }
}

export function findingSheet(reply: Extract<Reply, { kind: 'finding' }>, now: Instant): Sheet {
  const [main, ...others] = reply.findings
  const unchecked = [...(main?.unchecked ?? []), ...reply.unchecked]
  const sameTitle = main && proseText(main.title, now) === proseText(reply.title, now)
  const own: readonly Section[] = main
    ? [
        ...(sameTitle ? [] : [{ keep: 9, parts: [{ kind: 'text' as const, prose: main.title }] }]),
        ...section(9, 'Why', causeParts(main)),
        ...factsSection(8, 'Evidence', main.evidence),
        ...stepsSection(main.nextSteps),
        ...(main.verify ? section(5, 'How to verify', [{ kind: 'text', prose: main.verify }]) : []),
      ]
    : []
  const offers = [...(main?.offers ?? []), ...reply.offers]
  return {
    ...strip(main, unchecked.length > 0),
    title: reply.title,
    sections: [
      ...own,
      ...otherFindings(others),
      ...factsSection(6, 'Facts', reply.facts),
      ...uncheckedSection(unchecked),
      ...sourcesSection(reply.citations),
    ],
    buttons: offers.filter((one, i) => offers.findIndex((other) => other.label === one.label) === i),
    footer: ['As of ', { at: reply.asOf }, ...(main ? [` · ${main.ruleId}`] : [])],
    dropped: 0,
    tables: true,
  }
}
