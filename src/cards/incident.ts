// The one card of an incident, from detected to closed. No tables: phones must show all of it.
import type { Incident, Instant, Prose, Reply } from '../nouns.ts'
import { lengthWords, MINUTE } from '../time.ts'
import { heldBackWords } from '../words.ts'
import { factsSection, section, stepsSection, uncheckedSection } from './blocks.ts'
import { causeParts } from './finding.ts'
import type { Part, Sheet } from './sheet.ts'
import { incidentWords, severityWords, signs } from './words.ts'

function owner(incident: Incident): Prose {
  return incident.ownerName === undefined ? [] : [' by ', { data: incident.ownerName }]
}

function until(time: Instant | undefined): Prose {
  return time === undefined ? [] : [' until ', { at: time }]
}

/** What the state means, who did it and until when. */
function stateLine(incident: Incident): Prose {
  switch (incident.state) {
    case 'open':
      if (incident.suppressedBy !== undefined) return [heldBackWords(incident.suppressedBy)]
      if (incident.exhausted) return ['Everybody on the escalation chain was told; nobody has acknowledged.']
      return incident.nextStepAt === undefined
        ? ['Nobody has acknowledged yet.']
        : [
            'Nobody has acknowledged yet; the next step of the escalation is at ',
            { at: incident.nextStepAt },
            '.',
          ]
    case 'acked':
      return [
        'Acknowledged',
        ...owner(incident),
        ...(incident.ackedAt === undefined ? [] : [' at ', { at: incident.ackedAt }]),
        ...until(incident.ackUntil),
        '.',
      ]
    case 'snoozed':
      return ['Silenced', ...owner(incident), ...until(incident.snoozeUntil), '. Detection goes on.']
    case 'resolved':
    case 'closed':
      return [
        incident.manual ? 'Resolved by hand' : 'Resolved',
        ...(incident.resolvedAt === undefined ? [] : [' at ', { at: incident.resolvedAt }]),
        ...(incident.resolvedReason === undefined ? ['.'] : [': ', { data: incident.resolvedReason }, '.']),
      ]
    case 'pending':
      return ['Seen once; it becomes an incident if it stays.']
  }
}

function flags(incident: Incident): readonly Prose[] {
  const since: Prose = [
    `${signs.warning} No fresh data: the last poll that showed it was at `,
    { at: incident.lastBadAt },
    '.',
  ]
  return [
    ...(incident.stale ? [since] : []),
    ...(incident.flapping
      ? [[`${signs.warning} It comes and goes, so people are told at most once an hour.`]]
      : []),
    ...(incident.deliveryFailed
      ? [[`${signs.warning} It could not be delivered to one of its destinations.`]]
      : []),
    ...(incident.episode > 1 ? [[`It is back: occurrence ${incident.episode} of the same incident.`]] : []),
    ...(incident.previousNumber === undefined
      ? []
      : [[`The same happened before: incident ${incident.previousNumber}.`]]),
  ]
}

export function incidentSheet(reply: Extract<Reply, { kind: 'incident' }>, now: Instant): Sheet {
  const { incident, finding } = reply
  const { word, tone, sign } = incidentWords(incident)
  const begun = incident.openedAt ?? incident.firstSeen
  const length = (incident.resolvedAt ?? now) - begun
  const lasted = length >= MINUTE ? lengthWords(length) : ''
  const over = incident.state === 'resolved' || incident.state === 'closed'
  const lines: readonly Part[] = [stateLine(incident), ...flags(incident)].map((prose) => ({
    kind: 'text',
    prose,
  }))
  const note: readonly Part[] = reply.note ? [{ kind: 'text', prose: [{ data: reply.note }] }] : []
  return {
    tone,
    strip: {
      sign,
      word: `${word} · ${severityWords[incident.severity].word}`,
      ...(incident.number > 0 ? { right: `Incident ${incident.number}` } : {}),
    },
    title: incident.title,
    sections: [
      { keep: 9, parts: [...lines, ...note] },
      ...factsSection(7, 'Facts', incident.facts),
      ...(finding ? section(8, 'Why', causeParts(finding)) : []),
      // Nobody needs to act on what is over.
      ...(finding && !over ? stepsSection(finding.nextSteps) : []),
      ...(finding ? uncheckedSection(finding.unchecked) : []),
    ],
    buttons: reply.buttons,
    footer: [
      ...(incident.number > 0 ? [`Incident ${incident.number} · version ${incident.version} · `] : []),
      { data: incident.subject },
      ' · opened ',
      { at: begun },
      ...(over && lasted ? [` · lasted ${lasted}`] : []),
      ` · ${incident.ruleId}`,
    ],
    dropped: 0,
    tables: false,
  }
}
