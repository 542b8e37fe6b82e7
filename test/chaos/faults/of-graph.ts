// Faults of Microsoft Graph: 25-30 and 34 of the fault list.
import assert from 'node:assert/strict'
import { cardsOf, textOf } from '../reading.ts'
import { ALERTS, chatOf, type Rig, say } from '../rig.ts'
import {
  eventsOf,
  type Fault,
  fallIll,
  fault,
  firstBot,
  incidentBy,
  incidentNow,
  newDomain,
  recover,
  requestsTo,
  turn,
} from './kit.ts'

const jobsOf = (configurationId: string) => (r: { path: string }) =>
  r.path.endsWith(`/${configurationId}/synchronization/jobs`)

/** Pauses after refusals are of the machine's time, which a run does not move: a new process has none. */
async function restart(rig: Rig): Promise<void> {
  const bot = firstBot(rig)
  await bot.kill()
  await bot.start()
  await rig.rounds()
}

const blind = async (rig: Rig) =>
  (await incidentBy(rig, `where state <> 'closed'`)).filter((one) => one.ruleId === 'monitor.blind')

export const ofGraph: readonly Fault[] = [
  fault({
    id: '25',
    what: 'Graph 429 on the logs: that bucket pauses, polling of the jobs goes on',
    async run(rig) {
      const isLog = (r: { path: string }) => r.path.includes('/auditLogs/')
      rig.graph.rule(isLog, { status: 429, headers: { 'retry-after': '4' } })
      const from = rig.graph.asked.length
      const asking = Promise.all([
        say(rig, 'jane.doe@contoso.com is not synced', { as: 'helpdesk' }),
        say(rig, 'john.smith@contoso.com is not synced', { as: 'admin' }),
      ])
      const first = await rig.until(() => rig.graph.asked.slice(from).find(isLog)?.at, 'the logs are asked')
      const ill = await fallIll(rig)
      await asking
      const logs = rig.graph.asked.slice(from).filter(isLog)
      rig.graph.behave()
      await restart(rig)
      return {
        inPause: logs.filter(({ at }) => at > first + 300 && at < first + 3800).length,
        opened: cardsOf(rig, ALERTS, ill.number).length,
        answered: requestsTo(rig, chatOf('helpdesk').id).filter((r) => r.taken).length,
      }
    },
    expect({ inPause, opened, answered }) {
      assert.equal(inPause, 0, 'nobody asks the logs while they pause')
      assert.equal(opened, 1)
      assert.ok(answered > 0)
    },
  }),
  fault({
    id: '26',
    what: 'Graph 5xx for 20 min: blind at 15 min, nothing resolves',
    slow: true,
    async run(rig) {
      const ill = await fallIll(rig)
      // A poll of all who are well, so that the time of the last good reading is known.
      await rig.pass(1)
      rig.graph.rule(() => true, { status: 503 })
      turn(rig, ill.configurationId, 'well')
      await rig.pass(13, 3.25)
      const early = (await blind(rig)).length
      await rig.pass(7, 1.75)
      const late = await blind(rig)
      const { state, stale } = await incidentNow(rig, ill)
      rig.graph.behave()
      await restart(rig)
      await rig.pass(12, 1.5)
      return {
        early,
        late: late.length,
        state,
        stale,
        after: (await incidentNow(rig, ill)).state,
        still: await blind(rig),
      }
    },
    expect({ early, late, state, stale, after, still }) {
      assert.equal(early, 0)
      assert.equal(late, 1, 'one incident for the whole tenant')
      assert.equal(state, 'open')
      assert.equal(stale, true)
      assert.equal(after, 'resolved')
      assert.deepEqual(
        still.filter((one) => one.state !== 'resolved'),
        [],
      )
    },
  }),
  fault({
    id: '27',
    what: 'Graph answers with an empty list: not "all good", the job is missing after 2 polls',
    async run(rig) {
      const ill = await fallIll(rig)
      await rig.pass(1.5, 1.5)
      const rule = rig.graph.rule(jobsOf(ill.configurationId), { status: 200, body: { value: [] } })
      await rig.pass(9, 1.5)
      const missing = (await incidentBy(rig, `where state = 'open'`)).filter(
        (one) => one.ruleId === 'job.missing' && one.subject === ill.domain,
      )
      const { state } = await incidentNow(rig, ill)
      rule.times = 0
      await recover(rig, ill)
      return { missing: missing.length, state, after: (await incidentNow(rig, ill)).state }
    },
    expect({ missing, state, after }) {
      assert.equal(missing, 1)
      assert.equal(state, 'open')
      assert.equal(after, 'resolved')
    },
  }),
  fault({
    id: '28',
    what: 'page 2 of a list fails: the whole poll counts for nothing',
    async run(rig) {
      const ill = await fallIll(rig)
      const well = newDomain(rig)
      const isJobs = jobsOf(ill.configurationId)
      rig.graph.rule((r) => isJobs(r) && r.query.includes('skiptoken'), { status: 400, body: {} })
      // Page 1 is that of a healthy job: taken alone it would look like a recovery.
      const page = await fetch(
        `${rig.graph.url}/v1.0/servicePrincipals/${well.configurationId}/synchronization/jobs`,
      )
      const { value } = (await page.json()) as { value: { id: string }[] }
      const id = `AD2AADProvisioning.${ill.configurationId.replaceAll('-', '')}`
      const nextLink = `${rig.graph.url}/v1.0/servicePrincipals/${ill.configurationId}/synchronization/jobs?$skiptoken=2`
      const body = { value: value.map((job) => ({ ...job, id })), '@odata.nextLink': nextLink }
      rig.graph.rule(isJobs, { status: 200, body })
      await rig.pass(12, 1.5)
      const { state, stale, goodPolls } = await incidentNow(rig, ill)
      return { state, stale, goodPolls }
    },
    expect: (seen) => assert.deepEqual(seen, { state: 'open', stale: true, goodPolls: 0 }),
  }),
  fault({
    id: '29',
    what: 'Graph takes long: "working" within 3 s, then the answer in its place; HTTP ends within 10 s',
    slow: true,
    async run(rig) {
      const { id } = chatOf('helpdesk')
      const from = requestsTo(rig, id).length
      await rig.graph.tenant.scenarios.apply('graph-slow')
      const began = performance.now()
      await say(rig, 'status', { as: 'helpdesk' })
      const http = performance.now() - began
      const answered = () => requestsTo(rig, id).slice(from)
      const edit = await rig.until(() => answered().find((r) => r.method === 'PUT'), 'the answer', 60_000)
      const working = answered()[0]
      await rig.graph.tenant.scenarios.clear('graph-slow')
      await restart(rig)
      return {
        http,
        after: (working?.at ?? Infinity) - began,
        said: working ? textOf(working) : '',
        edited: textOf(edit),
      }
    },
    expect({ http, after, said, edited }) {
      assert.ok(http < 10_000, `answered after ${http} ms`)
      assert.ok(after < 3_500, `"working" after ${after} ms`)
      assert.match(said, /Looking/)
      assert.doesNotMatch(edited, /Looking/)
    },
  }),
  fault({
    id: '30',
    what: 'a quarantine that flips at every poll for 2 h: flapping, at most 5 notifications',
    slow: true,
    async run(rig) {
      const one = newDomain(rig)
      const ill = await fallIll(rig, one)
      for (let i = 0; i < 80; i += 1) {
        turn(rig, one.configurationId, i % 2 === 0 ? 'well' : 'ill')
        await rig.pass(1.5, 1.5)
      }
      const { flapping } = await incidentNow(rig, ill)
      const thread = cardsOf(rig, ALERTS, ill.number).map((card) => card.activityId)
      const posts = requestsTo(rig, ALERTS, 'POST').filter(
        (r) => r.taken && (thread.includes(r.threadId ?? '') || thread.includes(r.answeredId)),
      )
      turn(rig, one.configurationId, 'well')
      await rig.pass(30, 1.5)
      const since = await incidentBy(rig, `where number >= ${ill.number}`)
      const incidents = since.filter((i) => i.subject === one.domain).length
      return { flapping, notifications: posts.length, incidents }
    },
    expect({ flapping, notifications, incidents }) {
      assert.equal(flapping, true)
      assert.ok(notifications <= 5, `${notifications} notifications`)
      assert.equal(incidents, 1)
    },
  }),
  fault({
    id: '34',
    what: 'a snooze ends while Graph is down: open again, and said to be stale',
    async run(rig) {
      const ill = await fallIll(rig)
      await say(rig, `snooze ${ill.number} for 30 minutes`, { as: 'operator' })
      const before = (await incidentNow(rig, ill)).state
      rig.graph.rule(() => true, { status: 400 })
      await rig.pass(32, 4)
      const { state, stale } = await incidentNow(rig, ill)
      const told = (await eventsOf(rig, ill)).some((event) => event.what === 'snoozeEnded')
      const text = cardsOf(rig, ALERTS, ill.number).map(textOf).at(-1) ?? ''
      rig.graph.behave()
      await rig.pass(8, 1.5)
      return { before, state, stale, told, text }
    },
    expect({ before, state, stale, told, text }) {
      assert.equal(before, 'snoozed')
      assert.equal(state, 'open')
      assert.equal(stale, true)
      assert.ok(told)
      assert.match(text, /No fresh data/)
    },
  }),
]
