// Runs expressions on texts made to hurt them. The parent ends this worker when one expression takes too long.
import { parentPort, workerData } from 'node:worker_threads'

type Task = { readonly source: string; readonly flags: string; readonly longest: number }

const SHORT = 8 * 1024
/** A linear expression needs a small part of this for a short text; one that needs more is tried in full. */
const SUSPECT_MS = 4

function fill(piece: string, length: number, end: string): string {
  return piece.repeat(Math.ceil(length / piece.length)).slice(0, length - end.length) + end
}

const generic = [
  'a',
  'A',
  '0',
  '9',
  ' ',
  '\t',
  '\n',
  '\u00a0',
  '-',
  '_',
  '.',
  ',',
  '/',
  '\\',
  '<',
  '>',
  '(',
  '[',
  '{',
  '"',
  "'",
  '=',
  ':',
  ';',
  '@',
  '&',
  '#',
  '*',
  '|',
  '%',
  'a ',
  'a.',
  'a@',
  'a-',
  '1.',
  ' \n',
  '<a ',
  '&#1',
  'é',
  '\u0301',
]

/** Pieces of the expression itself: what it looks for is what makes it try. */
function piecesOf(source: string): string[] {
  const plain = source
    .replace(/\\[sS]/g, ' ')
    .replace(/\\[dD]/g, '0')
    .replace(/\\[wWbB]/g, 'a')
    .replace(/\\(.)/g, '$1')
  const runs = plain.split(/[()[\]{}|*+?^$]/).filter((run) => run.length > 0 && run.length < 60)
  return [...new Set(runs)].slice(0, 12)
}

function run(regex: RegExp, text: string): number {
  const began = performance.now()
  regex.lastIndex = 0
  if (regex.global) text.replace(regex, '')
  else regex.test(text)
  return performance.now() - began
}

function hurt({ source, flags, longest }: Task): void {
  const regex = new RegExp(source, flags)
  for (const piece of [...generic, ...piecesOf(source)])
    for (const end of ['', '!']) {
      const short = fill(piece, Math.min(SHORT, longest), end)
      if (run(regex, short) > SUSPECT_MS) run(regex, fill(piece, longest, end))
    }
}

const { tasks, from } = workerData as { tasks: readonly Task[]; from: number }
for (let i = from; i < tasks.length; i++) {
  parentPort?.postMessage(i)
  hurt(tasks[i] as Task)
}
parentPort?.postMessage(tasks.length)
