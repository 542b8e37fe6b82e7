// Questions about Cloud Sync: answered from the knowledge base, or honestly not, and then remembered as a gap.
import { noteStub } from '../../knowledge/index.ts'
import type { Block, Button, Reply } from '../../nouns.ts'
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

const HAND_OVER = 'Hand over to on call'

/** What cannot be answered goes to a person with the question: it rides on the button and is kept nowhere. */
function handOverButton(turn: Turn, services: Services, question: string): Button {
  // Everybody sees what a card in a shared place carries.
  const told = turn.place.scope === 'personal' ? question : scrub(question, services.knowledge.isWord)
  const note = told.trim().slice(0, 1000)
  return { label: HAND_OVER, verb: 'dialog.handOver', data: note === '' ? {} : { note } }
}

/** At most three; the way to a person stays, and nothing stands there twice. */
function withOffers(reply: Reply, more: readonly Button[], handOver: Button): Reply {
  if (reply.kind !== 'answer' && reply.kind !== 'abstain' && reply.kind !== 'boundary') return reply
  const nearest = reply.kind === 'abstain' ? reply.nearest.map((one) => one.say) : []
  const own = reply.offers.filter((one) => one.label !== HAND_OVER)
  const fresh = own.filter((one) => !('say' in one && nearest.includes(one.say)))
  const offers = [...more, ...fresh]
  if (own.length === reply.offers.length) return { ...reply, offers: offers.slice(0, 3) }
  return { ...reply, offers: [...offers.slice(0, 2), handOver] }
}

type Question = { readonly text: string; readonly offers: readonly Button[] }

/**
 * `offers` lead to a guided diagnosis when the question could also be about the person's own tenant. With
 * `onlyKnown` there is nothing instead of "I do not know".
 */
export async function ask(turn: Turn, services: Services, question: Question): Promise<Response>
export async function ask(
  turn: Turn,
  services: Services,
  question: Question & { readonly onlyKnown: true },
): Promise<Response | undefined>
export async function ask(
  turn: Turn,
  services: Services,
  question: Question & { readonly onlyKnown?: true },
): Promise<Response | undefined> {
  const previous = turn.session.article
  const reply = services.knowledge.ask(question.text, previous === undefined ? {} : { previous })
  if (question.onlyKnown && (reply.kind === 'abstain' || reply.kind === 'decline')) return undefined
  if (reply.kind === 'abstain') await keepGap(turn, services, { question: question.text, why: 'unanswered' })
  const article = articleOf(reply)
  const session = { ...turn.session, ...(article === undefined ? {} : { article }) }
  const handOver = handOverButton(turn, services, question.text)
  return { replies: [withOffers(reply, question.offers, handOver)], session }
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
  // Teams itself thanks for a thumb.
  if (given.silent) return say()
  return say(notice(given.like ? 'Thank you.' : 'Thank you; this goes on the list of answers to improve.'))
}

type GapGroup = {
  readonly count: number
  readonly example: string
  readonly why: string
  readonly comments: readonly string[]
  readonly questions: readonly string[]
}

/** What could not be answered or was disliked in 90 days, by meaning, most frequent first. */
export async function gaps(turn: Turn, services: Services): Promise<Response> {
  const rows = await services.store.gaps.list(turn.place.tenantId, turn.now - 90 * DAY)
  if (rows.length === 0)
    return say(notice('No gap in 90 days.', 'Every question had an answer, and none was disliked.'))
  const groups = new Map<string, GapGroup>()
  for (const row of rows) {
    const nearest = services.knowledge.nearest(row.question)
    const key = `${row.why}|${row.articleId ?? nearest ?? row.question.toLowerCase()}`
    const group = groups.get(key) ?? {
      count: 0,
      example: row.question,
      why: row.why,
      comments: [],
      questions: [],
    }
    const comments = row.comment === undefined ? group.comments : [...group.comments, row.comment]
    groups.set(key, {
      ...group,
      count: group.count + 1,
      comments,
      questions: [...group.questions, row.question],
    })
  }
  const sorted = [...groups.values()].sort((a, b) => b.count - a.count).slice(0, 20)
  const rowsShown = sorted.map((group) => [
    [String(group.count)],
    [group.why],
    [{ data: group.example }],
    [{ data: group.comments.slice(0, 2).join(' / ') }],
  ])
  return say({
    kind: 'notice',
    title: `${count(rows.length, 'gap')} in 90 days`,
    tone: 'neutral',
    blocks: [
      { kind: 'table', columns: ['Times', 'Why', 'Example', 'Comments'], rows: rowsShown },
      ...stubFor(sorted),
    ],
    offers: [],
  })
}

/** A note to begin with, for the question that most often had no answer. */
function stubFor(groups: readonly GapGroup[]): Block[] {
  const [first, ...more] = groups.find((group) => group.why === 'unanswered')?.questions ?? []
  if (first === undefined) return []
  return [
    { kind: 'heading', text: 'A note to begin with (save it in NOTES_DIR)' },
    { kind: 'code', language: 'markdown', text: noteStub([first, ...more]) },
  ]
}
