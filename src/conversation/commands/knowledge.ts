// Questions about Cloud Sync: answered from the knowledge base, or honestly not, and then remembered as a gap.
import type { Button, Reply } from '../../nouns.ts'
import { DAY } from '../../time.ts'
import { scrub } from '../scrub.ts'
import type { Services } from '../services.ts'
import { count, notice, type Response, say, type Turn } from '../turn.ts'

function articleOf(reply: Reply): string | undefined {
  return reply.kind === 'answer' || reply.kind === 'boundary' ? reply.citations[0]?.articleId : undefined
}

async function keepGap(
  turn: Turn,
  services: Services,
  gap: {
    readonly question: string
    readonly why: 'unanswered' | 'disliked'
    readonly comment?: string
    readonly articleId?: string
  },
): Promise<void> {
  const clean = (text: string) => scrub(text, services.knowledge.isWord)
  const comment = gap.comment === undefined ? {} : { comment: clean(gap.comment) }
  const row = { ...gap, question: clean(gap.question), ...comment }
  await services.store.gaps.add({ ...row, tenantId: turn.place.tenantId, at: turn.now })
}

/** `offers` lead to a guided diagnosis when the question could also be about the person's own tenant. */
export async function ask(
  turn: Turn,
  services: Services,
  question: { readonly text: string; readonly offers: readonly Button[] },
): Promise<Response> {
  const previous = turn.session.article
  const reply = services.knowledge.ask(question.text, previous === undefined ? {} : { previous })
  if (reply.kind === 'abstain') await keepGap(turn, services, { question: question.text, why: 'unanswered' })
  const article = articleOf(reply)
  const session = { ...turn.session, ...(article === undefined ? {} : { article }) }
  return { replies: [withOffers(reply, question.offers)], session }
}

function withOffers(reply: Reply, offers: readonly Button[]): Reply {
  if (reply.kind !== 'answer' && reply.kind !== 'abstain') return reply
  return { ...reply, offers: [...offers, ...reply.offers].slice(0, 3) }
}

export function showArticle(turn: Turn, services: Services, articleId: string): Response {
  const reply = services.knowledge.show(articleId)
  return { replies: [reply], session: { ...turn.session, article: articleId } }
}

/** Thumbs on an answer. Only what was disliked is kept, scrubbed. */
export async function feedback(
  turn: Turn,
  services: Services,
  given: {
    readonly like: boolean
    readonly article?: string
    readonly comment?: string
    readonly silent?: boolean
  },
): Promise<Response> {
  const article = given.article ?? turn.session.article
  if (!given.like) {
    const question = article ? (services.knowledge.article(article)?.title ?? article) : 'an answer'
    const { comment } = given
    await keepGap(turn, services, {
      question,
      why: 'disliked',
      ...(comment === undefined ? {} : { comment }),
      ...(article ? { articleId: article } : {}),
    })
  }
  return say(notice(given.like ? 'Thank you.' : 'Thank you; this goes on the list of answers to improve.'))
}

/** What could not be answered or was disliked in 90 days, by meaning, most frequent first. */
export async function gaps(turn: Turn, services: Services): Promise<Response> {
  const rows = await services.store.gaps.list(turn.place.tenantId, turn.now - 90 * DAY)
  if (rows.length === 0)
    return say(notice('No gap in 90 days.', 'Every question had an answer, and none was disliked.'))
  const groups = new Map<string, { count: number; example: string; why: string }>()
  for (const row of rows) {
    const nearest = services.knowledge.nearest(row.question)
    const key = `${row.why}|${row.articleId ?? nearest ?? row.question.toLowerCase()}`
    const group = groups.get(key) ?? { count: 0, example: row.question, why: row.why }
    groups.set(key, { ...group, count: group.count + 1 })
  }
  const sorted = [...groups.values()].sort((a, b) => b.count - a.count).slice(0, 20)
  const rowsShown = sorted.map((group) => [[String(group.count)], [group.why], [{ data: group.example }]])
  return say({
    kind: 'notice',
    title: `${count(rows.length, 'gap')} in 90 days`,
    tone: 'neutral',
    blocks: [{ kind: 'table', columns: ['Times', 'Why', 'Example'], rows: rowsShown }],
    offers: [],
  })
}
