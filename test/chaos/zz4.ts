import { startRig } from './rig.ts'
import { prepare } from './quarantine.ts'
import { randomUUID } from 'node:crypto'
const rig = await startRig({seed:1, slowMs: 6000})
const t0=performance.now(); const T=(s:string)=>process.stdout.write(`${Math.round(performance.now()-t0)} ${s}\n`)
await prepare(rig); T('prepared')
for (const n of [0,10,20,40]) {
  while(rig.graph.extra.size<n) rig.graph.extra.set(randomUUID(),{domain:`d${rig.graph.extra.size}.example`,ill:false})
  await rig.pass(2,1)
  const b=rig.bots[0]!; let s=b.statements(), r=b.rounds(), t=performance.now()
  await rig.pass(5,1)
  T(`${n} domains healthy: pass(1) ${Math.round((performance.now()-t)/5)} ms, ${(b.statements()-s)/5} statements, ${(b.rounds()-r)/5} rounds per pass`)
}
for (const o of rig.graph.extra.values()) o.ill=true
await rig.pass(2,1)
{const b=rig.bots[0]!; let s=b.statements(), r=b.rounds(), t=performance.now()
  await rig.pass(5,1)
  T(`ill: pass(1) ${Math.round((performance.now()-t)/5)} ms, ${(b.statements()-s)/5} statements, ${(b.rounds()-r)/5} rounds per pass`)}
await rig.close()
