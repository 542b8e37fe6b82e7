import { startRig } from './rig.ts'
import { prepare } from './quarantine.ts'
import { storm } from './storm.ts'
import { killAnywhere } from './kills.ts'
import { shutDownUnderLoad } from './shutdown.ts'
const rig = await startRig({seed:1, slowMs: 6000})
const t0=performance.now(); const T=(s:string)=>process.stdout.write(`${Math.round(performance.now()-t0)} ${s}\n`)
await prepare(rig); T('prepared')
try {
  const [,,what, a]=process.argv
  if (what==='storm') T(JSON.stringify(await storm(rig,{seed:3,rounds:Number(a),jobs:48,killsPerRound:3,onRound:(r,f)=>T(r+JSON.stringify(f))})))
  if (what==='kills') for(let i=0;i<Number(a);i++) T(JSON.stringify(await killAnywhere(rig,100+i)))
  if (what==='down') { for(let i=0;i<Number(a);i++) { T(JSON.stringify(await shutDownUnderLoad(rig,rig.bots[0]!,i))); await rig.bots[0]!.start() }
    T('fail '+await rig.bots[0]!.fail('exception')); await rig.bots[0]!.start();  T('fail '+await rig.bots[0]!.fail('rejection')) }
} catch(e) { T((e as Error).stack!) } finally { await rig.close() }
