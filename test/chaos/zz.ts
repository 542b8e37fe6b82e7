import { countDuplicates } from './invariants.ts'
import { playQuarantine, points, prepare } from './quarantine.ts'
import { startRig } from './rig.ts'

const rig = await startRig({ seed: 1 })
const t0 = performance.now()
const T = (s: string) => process.stdout.write(`${Math.round(performance.now() - t0)} ${s}\n`)
await prepare(rig)
T('prepared')
try {
  const s0 = rig.bots[0]!.statements()
  T('calm ' + JSON.stringify(await playQuarantine(rig)))
  T('statements ' + (rig.bots[0]!.statements() - s0))
  const want = process.argv[2] ? new RegExp(process.argv[2]) : /./
  for (const p of points.filter((p) => want.test(p.name))) {
    try {
      T(p.name + ' ' + JSON.stringify(await playQuarantine(rig, { point: p })))
    } catch (e) {
      T('FAILED ' + p.name + ' ' + (e as Error).message)
      break
    }
  }
  T(JSON.stringify(await countDuplicates(rig)))
} finally {
  await rig.close()
}
