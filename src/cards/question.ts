// A step of a guided diagnosis: one question, its answers in the body, ways out below.
import type { Button, Reply } from '../nouns.ts'
import { sectionsOf } from './blocks.ts'
import type { Sheet } from './sheet.ts'
import { signs } from './words.ts'

const wayOut = new Set(['dialog.back', 'dialog.restart', 'dialog.cancel', 'dialog.handOver'])
const isWayOut = (button: Button) => 'verb' in button && wayOut.has(button.verb)
const isForm = (button: Button) => 'inputs' in button && (button.inputs?.length ?? 0) > 0

export function questionSheet(reply: Extract<Reply, { kind: 'question' }>): Sheet {
  const answers = reply.choices.filter((button) => !isWayOut(button) && !isForm(button))
  return {
    tone: 'info',
    strip: { sign: signs.question, word: 'Question' },
    title: [reply.title],
    sections: [
      ...sectionsOf(reply.blocks).map((one) => ({ ...one, keep: Math.min(one.keep, 7) })),
      { keep: 9, parts: [{ kind: 'text', prose: reply.ask }] },
      ...(answers.length > 0
        ? [
            {
              keep: 9,
              parts: [{ kind: 'choices' as const, buttons: answers, more: 0 }],
            },
          ]
        : []),
    ],
    // Forms open below the card; then the ways out.
    buttons: [...reply.choices.filter(isForm), ...reply.choices.filter((b) => isWayOut(b) && !isForm(b))],
    dropped: 0,
    tables: true,
  }
}
