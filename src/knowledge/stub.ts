// The beginning of a note on a question that nobody could answer: to be saved in NOTES_DIR and written to the end.

const MOST_PHRASES = 5

/** One line, quoted for YAML: what people typed must not become front matter. */
const quoted = (text: string) =>
  JSON.stringify(
    text
      .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
      .trim()
      .slice(0, 200),
  )

/** A Markdown note with the questions as its phrases; the answer is left to the writer. */
export function noteStub(questions: readonly [string, ...string[]]): string {
  const phrases = [...new Set(questions)].slice(0, MOST_PHRASES)
  return [
    '---',
    `title: ${quoted(questions[0])}`,
    'questions:',
    ...phrases.map((phrase) => `  - ${quoted(phrase)}`),
    '---',
    '',
    'The answer in one sentence. Then conditions, then steps.',
    '',
  ].join('\n')
}
