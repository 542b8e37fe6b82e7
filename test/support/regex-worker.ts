// Runs expressions on texts made to hurt them and reports those that are too slow, measured in time of this thread
// alone. The parent ends the worker when an expression does not come back at all.
import { parentPort, workerData } from 'node:worker_threads'

type Task = { readonly source: string; readonly flags: string; readonly longest: number }

/** Lengths and the thread's own milliseconds each may take; the next one is tried when the first is conspicuous. */
const SHORT = 8 * 1024
const CONSPICUOUS_MS = 4
const MIDDLE = 32 * 1024
const MIDDLE_MS = 150
const FULL_MS = 500

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

function cost(regex: RegExp, text: string): number {
  const began = process.threadCpuUsage()
  regex.lastIndex = 0
  if (regex.global) text.replace(regex, '')
  else regex.test(text)
  return process.threadCpuUsage(began).user / 1000
}

function isSlow({ source, flags, longest }: Task): boolean {
  const regex = new RegExp(source, flags)
  const takes = (piece: string, end: string, length: number) =>
    cost(regex, fill(piece, Math.min(length, longest), end))
  return [...generic, ...piecesOf(source)].some((piece) =>
    ['', '!'].some(
      (end) =>
        takes(piece, end, SHORT) > CONSPICUOUS_MS &&
        (takes(piece, end, MIDDLE) > MIDDLE_MS || takes(piece, end, longest) > FULL_MS),
    ),
  )
}

const { tasks, from } = workerData as { tasks: readonly Task[]; from: number }
for (let i = from; i < tasks.length; i++) {
  parentPort?.postMessage({ at: i })
  if (isSlow(tasks[i] as Task)) parentPort?.postMessage({ slow: i })
}
parentPort?.postMessage({ at: tasks.length })
