// `npm run doctor`: what is wrong with this deployment and what to do. `-- --config`: the settings alone.
import { parseArgs } from 'node:util'
import { examine, writeVerdicts } from '../src/doctor.ts'

const { values } = parseArgs({ options: { config: { type: 'boolean', default: false } } })
const verdicts = await examine({ configOnly: values.config, machineNow: Date.now })
process.stdout.write(writeVerdicts(verdicts))
process.exitCode = verdicts.some(({ result }) => result === 'fail') ? 1 : 0
