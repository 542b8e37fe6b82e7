import { startReplicas } from './replicas.ts'
import { ofReplicas } from './faults/of-replicas.ts'
import { runFault } from './faults/index.ts'
import { storm } from './storm.ts'
const t0=performance.now(); const T=(s:string)=>process.stdout.write(`${Math.round(performance.now()-t0)} ${s}\n`)
const rig = await startReplicas(1)
T('prepared')
try {
  const [,,what]=process.argv
  for (const f of ofReplicas.filter(f=>new RegExp(what!).test(f.id))) T(f.id+' '+JSON.stringify(await runFault(rig,f)))
  if (what==='storm') T(JSON.stringify(await storm(rig,{seed:3,rounds:3,jobs:48,killsPerRound:5,restartIn:[1],restartDatabase:()=>rig.restartDatabase('kill'),onRound:(r,f)=>T(r+JSON.stringify(f))})))
} catch(e) { T((e as Error).stack!) } finally { await rig.close() }
