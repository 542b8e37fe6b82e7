// Every fault of one bot process, and how one is run and judged.
import { brokenInvariants } from '../invariants.ts'
import type { Rig } from '../rig.ts'
import { deliveries } from './deliveries.ts'
import { closeAll, type Fault, tidy } from './kit.ts'
import { ofGraph } from './of-graph.ts'
import { ofPeople } from './of-people.ts'
import { ofProcesses } from './of-processes.ts'

export type { Fault } from './kit.ts'

export const faults: readonly Fault[] = [...deliveries, ...ofGraph, ...ofPeople, ...ofProcesses]

/** Runs one fault and lets everything become well again; sentences about what did not hold. */
export async function runFault(rig: Rig, fault: Fault): Promise<string[]> {
  const problems: string[] = []
  try {
    await fault.run(rig)
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error))
  }
  rig.chat.behave()
  rig.graph.behave()
  for (const bot of rig.bots) bot.arm(null)
  await tidy(rig)
  problems.push(...(await brokenInvariants(rig)))
  await closeAll(rig)
  return problems
}
