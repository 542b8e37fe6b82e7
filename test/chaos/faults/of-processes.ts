// Faults of the process itself on one engine: 1, 2, 3, 5 and 42 of the fault list. Deaths at exact points are those of
// the scene; here they are told apart by what they promise.
import assert from 'node:assert/strict'
import { type Outcome, type Point, playQuarantine, points } from '../quarantine.ts'
import { cardsOf } from '../reading.ts'
import { ALERTS, type Rig } from '../rig.ts'
import { eventsOf, type Fault, fallIll, fault, firstBot, incidentNow } from './kit.ts'

function point(name: string): Point {
  const found = points.find((one) => one.name === name)
  if (!found) throw new Error(`no point ${name}`)
  return found
}

type Died = Outcome & { readonly cards: number }

async function dieAt(rig: Rig, name: string): Promise<Died> {
  const outcome = await playQuarantine(rig, { point: point(name) })
  return { ...outcome, cards: cardsOf(rig, ALERTS, outcome.number).length }
}

function survives(seen: Died, cards: number): void {
  assert.deepEqual(seen.problems, [])
  assert.equal(seen.deaths, 1)
  assert.ok(seen.cards <= cards, `${seen.cards} cards`)
}

const atPoint = (id: string, what: string, name: string, cards = 1) =>
  fault({ id, what, run: (rig) => dieAt(rig, name), expect: (seen) => survives(seen, cards) })

/** Once at most, and every other outcome is told. */
const executing: readonly Fault[] = points
  .filter((one) => one.phase === 'confirm')
  .map((one, i) =>
    fault({
      id: `42.${i + 1}`,
      what: `kill -9 around the write to Graph: ${one.name}`,
      run: (rig) => dieAt(rig, one.name),
      expect(seen) {
        survives(seen, 1)
        assert.ok(seen.executions <= 1)
      },
    }),
  )

export const ofProcesses: readonly Fault[] = [
  atPoint(
    '1',
    'kill -9 after the incident is committed, before it is sent: sent once',
    '9 incident committed, nothing sent',
  ),
  atPoint(
    '2',
    'kill -9 after the send, before the mark: at most one duplicate',
    '11 Connector took it, no answer',
    2,
  ),
  atPoint('3', 'kill -9 when a row is claimed: sent once the claim has run out', '10 row claimed'),
  fault({
    id: '5',
    what: 'dead for 20 min with an escalation due: the step is taken at once, not skipped and not doubled',
    async run(rig) {
      const bot = firstBot(rig)
      const ill = await fallIll(rig)
      const due = (await incidentNow(rig, ill)).nextStepAt ?? 0
      await bot.kill()
      await rig.move(20 * 60_000)
      const back = await rig.now()
      await bot.start()
      await rig.rounds()
      const steps = async () => (await eventsOf(rig, ill)).filter((event) => event.what === 'escalated')
      const [first, ...more] = await steps()
      await rig.pass(8, 2)
      const soon = (await steps()).length
      await rig.pass(4, 2)
      return { due, back, first: first?.at ?? 0, more: more.length, soon, later: (await steps()).length }
    },
    expect({ due, back, first, more, soon, later }) {
      assert.ok(due < back, 'it was due while nobody lived')
      assert.ok(first >= due && first - back <= 60_000, `taken ${first - back} ms after the start`)
      assert.equal(more, 0)
      assert.equal(soon, 1)
      assert.equal(later, 2)
    },
  }),
  ...executing,
]
