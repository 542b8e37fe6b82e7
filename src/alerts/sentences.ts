// What a message in the thread of an incident says: one line per reason of telling.
import type { Incident, Prose, Reply } from '../nouns.ts'
import { at, prose } from '../nouns.ts'
import type { Message } from './messages.ts'

type Sentence = {
  readonly title: string
  readonly tone: 'good' | 'attention' | 'neutral'
  readonly text: Prose
}
type Writer = (incident: Incident, message: Message) => Sentence

const attention = (title: string, text: Prose): Sentence => ({ title, tone: 'attention', text })
const by = (message: Message): Prose =>
  message.byName === undefined ? [] : [' by ', { data: message.byName }]
const stale = (incident: Incident): Prose =>
  incident.stale
    ? [' There is no fresh data: the last reading that showed it is from ', at(incident.lastBadAt), '.']
    : []

const writers: Readonly<Record<Message['what'], Writer>> = {
  edit: (i) => ({ title: `Incident ${i.number}`, tone: 'neutral', text: i.title }),
  opened: (i) => attention(`Incident ${i.number}`, prose`${i.title}.`),
  reopened: (i) => attention(`Incident ${i.number} is back`, prose`${i.title}.`),
  escalated: (i) =>
    attention(
      `Incident ${i.number} needs an owner`,
      prose`${i.title}. Nobody has acknowledged it yet.${stale(i)}`,
    ),
  exhausted: (i) =>
    attention(
      `Incident ${i.number}: nobody has answered`,
      prose`${i.title}. Everybody on the escalation chain was told, without an answer.`,
    ),
  ackExpired: (i, m) =>
    attention(
      `Incident ${i.number} is still failing`,
      prose`${i.title}. It was acknowledged${by(m)}, but it is still failing since ${at(i.firstSeen)}.`,
    ),
  unacknowledged: (i, m) =>
    attention(
      `Incident ${i.number} was given back`,
      prose`${i.title}. It has no owner any more: given back${by(m)}.`,
    ),
  snoozeEnded: (i) => attention(`Incident ${i.number}: the snooze has ended`, prose`${i.title}.${stale(i)}`),
  worse: (i) => attention(`Incident ${i.number} got worse`, prose`${i.title}. It is ${i.severity} now.`),
  repeat: (i) =>
    attention(`Incident ${i.number} is still open`, prose`${i.title}. Nobody owns it.${stale(i)}`),
  lifted: (i) => attention(`Incident ${i.number}`, prose`${i.title}. It was held back and is still there.`),
  flapping: (i) =>
    attention(
      `Incident ${i.number} comes and goes`,
      prose`${i.title}. It changed ${i.changes.length} times in the past hour; the card follows, people are told at most once an hour.`,
    ),
  handover: (i) => attention(`Incident ${i.number}: you are on call now`, prose`${i.title}. Nobody owns it.`),
  repair: (i) => attention(`Incident ${i.number}`, prose`${i.title}. Its notification had been lost.`),
  acknowledged: (i, m) => ({
    title: `Incident ${i.number} acknowledged`,
    tone: 'neutral',
    text: prose`Acknowledged${by(m)} at ${at(m.at)}. The escalation has stopped.`,
  }),
  snoozed: (i, m) => ({
    title: `Incident ${i.number} snoozed`,
    tone: 'neutral',
    text: prose`Snoozed${by(m)} until ${at(i.snoozeUntil ?? m.at)}.`,
  }),
  resolved: (i, m) => ({
    title: `Incident ${i.number} resolved`,
    tone: 'good',
    text: i.manual
      ? prose`Resolved${by(m)} at ${at(m.at)}: ${i.resolvedReason ?? ''}.`
      : prose`Well again at ${at(m.at)}: two good readings in a row.`,
  }),
  jobRemoved: (i, m) => ({
    title: `Incident ${i.number} resolved`,
    tone: 'neutral',
    text: prose`The job was removed; noticed at ${at(m.at)}.`,
  }),
}

export function sentenceReply(incident: Incident, message: Message): Reply {
  const { title, tone, text } = writers[message.what](incident, message)
  return { kind: 'notice', title, tone, blocks: [{ kind: 'text', prose: text }], offers: [] }
}
