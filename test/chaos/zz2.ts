import { startRig } from './rig.ts'
import { prepare } from './quarantine.ts'
import { countDuplicates } from './invariants.ts'
import { faults, runFault } from './faults/index.ts'
const rig = await startRig({seed:1, slowMs: 6000})
const t0=performance.now(); const T=(s:string)=>process.stdout.write(`${Math.round(performance.now()-t0)} ${s}\n`)
await prepare(rig); T('prepared')
const want=new RegExp(process.argv[2] ?? '.')
try {
for (const f of faults.filter(f=>want.test(f.id))) { 
  try { T(f.id+' '+JSON.stringify(await runFault(rig,f))) } catch(e) { T('FAILED '+f.id+' '+(e as Error).stack); break }
}
T(JSON.stringify(await countDuplicates(rig)))
} finally { await rig.close() }
