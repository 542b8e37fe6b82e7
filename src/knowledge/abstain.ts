// "I don't know" as an answer: what is nearest, and a way to a person.
import type { Button, Reply } from '../nouns.ts'
import { gist, offerOf } from './answer.ts'
import type { Article } from './load.ts'

export const HAND_OVER: Button = { label: 'Hand over to on call', say: 'hand over' }

/** Below this confidence an article is not given as an answer; calibrated on the questions of `test/knowledge`. */
export const ANSWER_FROM = 0.36

/** A question of few words must be met better: one shared word would be enough otherwise. */
export function threshold(terms: number): number {
  if (terms <= 3) return 0.5
  return terms === 4 ? 0.45 : ANSWER_FROM
}

/** From this confidence on, an abstention says what the nearest article says. */
export const HINT_FROM = 0.28

/** Below this share of known words a text is about something else altogether. */
export const TOPIC_FROM = 0.34

/** `hint` is the nearest article, when it is near enough to be worth a glance. */
export function abstain(nearest: readonly Article[], hint?: Article): Reply {
  const topics = nearest.map((article) => ({
    title: article.title,
    say: article.questions[0] ?? article.title,
  }))
  const topicsSay =
    topics.length > 0
      ? 'The nearest topics I have are listed below. Or a person can take it from here.'
      : 'A person can take it from here.'
  return {
    kind: 'abstain',
    title: 'I do not know that',
    blocks: [
      { kind: 'text', prose: [`I have no article that answers this with enough certainty. ${topicsSay}`] },
      ...(hint ? [{ kind: 'heading' as const, text: `Perhaps: ${hint.title}` }, gist(hint)] : []),
    ],
    nearest: topics,
    offers: [...nearest.slice(0, 2).map(offerOf), HAND_OVER],
  }
}

/** For a text that says only that something is wrong. */
export function askMore(nearest: readonly Article[]): Reply {
  return {
    kind: 'abstain',
    title: 'Please tell me a little more',
    blocks: [
      {
        kind: 'text',
        prose: [
          'What exactly does not work, and for whom? Paste the error text or its code, a line of the log, or name the user, group or agent.',
        ],
      },
    ],
    nearest: nearest.map((article) => ({ title: article.title, say: article.questions[0] ?? article.title })),
    offers: [...nearest.slice(0, 2).map(offerOf), HAND_OVER],
  }
}

export function decline(): Reply {
  return {
    kind: 'decline',
    title:
      'I only help with Microsoft Entra Cloud Sync; this looks like a different subject, outside what I cover.',
  }
}

/** For an id nobody knows: an old card, a renamed article. */
export function missing(id: string): Reply {
  return {
    kind: 'abstain',
    title: 'That article is not here',
    blocks: [
      {
        kind: 'text',
        prose: ['No article is called ', { data: id.slice(0, 80) }, '. It may have been renamed.'],
      },
    ],
    nearest: [],
    offers: [HAND_OVER],
  }
}
