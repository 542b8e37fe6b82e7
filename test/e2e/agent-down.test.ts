// Scene "Agent down": inferred without sign-in, seen with it, and what the server itself says when asked.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { actionsOf, type Bot, channel, type Shown, startBot, type Who } from '../support/bot.ts'

let bot: Bot
beforeAll(async () => {
  bot = await startBot()
})
afterAll(() => bot.stop())
// Graph lets its logs be read five times in ten seconds: a moment between the tests is theirs to pass.
beforeEach(() => bot.passTime(0.2))

const ask = async (text: string, as: Who = 'helpdesk'): Promise<Shown> => {
  const shown = await bot.say(text, { as })
  expect(shown, text).toHaveLength(1)
  return shown[0] as Shown
}
const titles = (shown: Shown) => actionsOf(shown.card).map((one) => one.title)

const well = {
  'time.utc': '2026-11-20T08:12:00Z',
  'agent.state': 'Running',
  'agent.start': 'Auto',
  'agent.account': 'gmsa',
  'updater.state': 'Running',
  'agent.version': '1.1.2505.0',
  'agent.connections443': '6',
  'os.name': 'Microsoft Windows Server 2022 Standard',
  'os.build': '20348',
  'os.type': 'Server',
  'os.domainjoined': 'True',
  'ram.mb': '8192',
  'time.skewseconds': '1',
}
/** What the block prints; `end: false` loses its tail. */
const printed = (change: Readonly<Record<string, string>> = {}, end = true) => {
  const lines = Object.entries({ ...well, ...change }).map(([key, value]) => `${key}=${value}`)
  const last = end ? [`SYNC-MEDIC-END lines=${lines.length}`] : []
  return ['SYNC-MEDIC-REPORT v1', ...lines, ...last].join('\n')
}

describe('without sign-in', () => {
  it('is inferred from the job, says so, and says how to see more', async () => {
    const agents = await ask('agents')
    expect(agents.text).toMatch(/I could not see the agents: nobody has signed in/)
    expect(agents.text).toContain('No agent of fabrikam.com seems to answer')
    expect(agents.text).toMatch(/Inferred from the job's error HybridIdentityServiceNoActiveAgents/)
    expect(agents.text).toContain('This is the likely cause: it is inferred')
    expect(titles(agents)).toEqual(expect.arrayContaining(['Sign in', 'Check a server']))
  })

  it('is never called well from blindness', async () => {
    await bot.scenario('fabrikam-fixed')
    await bot.passUntil(() => true, 'a moment')
    for (let i = 0; i < 6; i += 1) await bot.passTime(2)
    const agents = await ask('agents')
    expect(agents.text).toContain('I could not see the agents')
    expect(agents.text).toContain('that is no proof that they are well')
    await bot.scenario('fabrikam-quarantine')
    for (let i = 0; i < 3; i += 1) await bot.passTime(2)
  })
})

describe('with sign-in', () => {
  it('is seen, server by server, by who may see it', async () => {
    const found = await ask('agents', 'operator')
    await bot.press(found, 'Sign in', { as: 'operator' })
    const agents = await ask('agents', 'operator')
    expect(agents.text).toMatch(/3 of 4 agents are active/)
    expect(agents.text).toMatch(/fab-dc1\.fabrikam\.com\ninactive\nfabrikam\.com/)
    expect(agents.text).toMatch(/as of \d\d:\d\d UTC, Graph beta/)
  })

  it('turns the finding from likely to certain', async () => {
    const sure = await ask('why is fabrikam.com in quarantine?', 'operator')
    expect(sure.text).not.toMatch(/the agents: nobody has signed in/)
    expect(sure.text).toMatch(/No agent of fabrikam\.com is active|fab-dc1/)
  })

  it('is still unknown to helpdesk without an Entra role, and that is said', async () => {
    await ask('sign in')
    const agents = await ask('agents')
    expect(agents.text).toContain('a permission or Entra role is missing')
    expect(titles(agents)).not.toContain('Sign in')
  })
})

describe('the server itself', () => {
  it('is asked with a block that only reads', async () => {
    const block = await ask('server report')
    expect(block.text).toContain('It only reads')
    expect(block.text).toContain("'SYNC-MEDIC-REPORT v1'")
    expect(block.text).not.toMatch(/\b(?:Set|Remove|Stop|Restart|Start|New-Item|Clear)-[A-Z]\w*Service\b/)
  })

  it('answers inside the dialog: facts first, the block, and the pasted output named as cause', async () => {
    const question = await ask('the agent of fabrikam.com is down')
    expect(question.text).toMatch(/No agent of fabrikam\.com/)
    expect(question.text).toMatch(/Configuration\nfabrikam\.com/)
    expect(question.text).toContain("'SYNC-MEDIC-REPORT v1'")
    expect(question.text.trimEnd()).toMatch(/Paste here everything it prints\.\nI cannot get to the server$/)
    const found = await ask(printed({ 'agent.state': 'Stopped', 'agent.connections443': '0' }))
    expect(found.text).toMatch(/stopped|not running/i)
    expect(found.text).toMatch(/What to do[\s\S]*AD team: /)
    expect(found.text).toContain('Start-Service AADConnectProvisioningAgent')
  })

  it('is read outside of a dialog as well, well or ill', async () => {
    const fine = await ask(printed())
    expect(fine.text).toContain('The report shows nothing wrong')
    expect(fine.text).toContain('1.1.2505.0')
    expect((await ask(printed({ 'time.skewseconds': '-900' }))).text).toMatch(/clock/i)
  })

  it('says when the paste is cut, and does not call the rest well', async () => {
    const [lead, rest] = await bot.say(printed({}, false))
    expect(lead?.text).toContain('The report is not complete')
    expect(rest?.text).toContain('The part that is there shows nothing wrong')
    expect(rest?.text).toContain('What is missing may still hold the cause')
  })

  it('recognises the output of another tool, and asks again for its own', async () => {
    await ask('the agent of fabrikam.com is down')
    const other = await ask(
      'Status   Name               DisplayName\n------   ----               -----------\nStopped  AADConnectProvisio... Microsoft Azure AD Connect Provisioning Agent',
    )
    expect(other.text).toContain('This looks like the output of Get-Service')
    const unable = await ask('continue')
    const next = await bot.press(unable, 'I cannot get to the server')
    expect(next.replies.map((one) => one.text).join()).toMatch(/\?|What to do/)
    await ask('cancel')
  })
})

describe('all agents of a domain', () => {
  it('are one incident that holds back what follows from it', async () => {
    await bot.say('subscribe', { as: 'operator', where: channel })
    await bot.scenario('agents-down')
    const card = await bot.passUntil(
      () => bot.log(channel).find((one) => /No agent of contoso\.com answers/.test(one.text)),
      'the alert',
      2,
    )
    expect(titles(card)).toContain('Acknowledge')
    expect((await ask('agents', 'operator')).text).toMatch(/None of 4 agents is active/)
  })
})
