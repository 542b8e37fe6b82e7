// Everything known so far goes to who is on call, one-to-one where I know their chat, else to the alert channel.
import { diagnose } from '../../diagnosis/index.ts'
import type { Block, FactRow, Prose, Reply, Subject } from '../../nouns.ts'
import { personal } from '../../nouns.ts'
import type { Services } from '../services.ts'
import { trailWords } from '../tree.ts'
import { count, notice, type Response, say, type Turn } from '../turn.ts'
import { currentDialog } from './dialog.ts'
import { contextRows } from './dialog-facts.ts'
import { MOST_FINDINGS } from './dialog-replies.ts'

function subjectRow(subject: Subject): FactRow[] {
  return subject.kind === 'object' ? [{ name: 'Asked about', value: [personal(subject.name.value)] }] : []
}

/** The question or note comes first: it is why the sheet is sent. */
async function sheetOf(turn: Turn, services: Services, note: string | undefined): Promise<Reply> {
  // A question that stayed unanswered is about itself, not about whom the last diagnosis was.
  const subject = note === undefined ? turn.session.subject : undefined
  const current = note === undefined ? currentDialog(turn, services) : undefined
  const snapshot = subject ? await services.sync.snapshotOf(subject, { now: turn.now }) : undefined
  const findings = snapshot ? diagnose(snapshot).slice(0, MOST_FINDINGS) : []
  const answers = (current ? trailWords(current.tree, current.state) : []).map(
    (line): Prose => [`${line.question} – `, line.answer],
  )
  const from: Block[] = turn.person.name
    ? [{ kind: 'text', prose: ['From ', personal(turn.person.name)] }]
    : []
  const asked: Block[] = note
    ? [
        { kind: 'text', prose: ['I could not answer this question:'] },
        { kind: 'text', prose: [personal(note)] },
      ]
    : []
  const facts: Block[] = snapshot
    ? [{ kind: 'facts', rows: [...subjectRow(snapshot.subject), ...contextRows(snapshot)] }]
    : []
  return {
    kind: 'notice',
    title: 'Handed over to on-call',
    tone: 'attention',
    blocks: [
      ...from,
      ...asked,
      ...facts,
      ...findings.map(({ title, cause }): Block => ({ kind: 'text', prose: [...title, '. ', ...cause] })),
      ...(answers.length > 0 ? [{ kind: 'list' as const, ordered: true, items: answers }] : []),
    ],
    offers: [],
  }
}

export async function handOver(turn: Turn, services: Services, note: string | undefined): Promise<Response> {
  const reply = await sheetOf(turn, services, note)
  const told = await services.alerts.tellOnCall({ reply, now: turn.now, by: turn.person })
  if (told > 0) services.soon()
  return say(
    told > 0
      ? notice('Handed over.', `It is on its way to ${count(told, 'conversation')}.`)
      : notice(
          'Nobody could be told.',
          'No one is on call and no channel is subscribed. Say "who is on call", or subscribe a channel.',
        ),
  )
}
