// Short messages: notices and errors.
import type { Reply } from '../nouns.ts'
import { sectionsOf } from './blocks.ts'
import type { Sheet } from './sheet.ts'
import { signs } from './words.ts'

export function noticeSheet(reply: Extract<Reply, { kind: 'notice' }>): Sheet {
  const tone = ({ good: 'good', attention: 'warning', neutral: 'neutral' } as const)[reply.tone]
  return {
    tone,
    title: tone === 'neutral' ? [reply.title] : [`${signs[tone]}  `, reply.title],
    sections: sectionsOf(reply.blocks),
    buttons: reply.offers,
    dropped: 0,
    tables: true,
  }
}

export function errorSheet(reply: Extract<Reply, { kind: 'error' }>): Sheet {
  return {
    tone: 'warning',
    title: [`${signs.warning}  `, reply.title],
    sections: [{ keep: 9, parts: [{ kind: 'text', prose: [{ strong: 'Next: ' }, reply.next] }] }],
    buttons: reply.offers,
    footer: [reply.reference === undefined ? reply.code : `${reply.code} · reference ${reply.reference}`],
    dropped: 0,
    tables: false,
  }
}
