import { describe, expect, it } from 'vitest'
import { MORNING, startTestGraph } from '../support/rehearsal-graph.ts'

const filter = (text: string) => `$filter=${encodeURIComponent(text)}`

describe('users', () => {
  it('has no jane.doe, and her address belongs to a colleague from the same domain', async () => {
    const graph = await startTestGraph()
    const jane = await graph.get(`v1.0/users?${filter("userPrincipalName eq 'jane.doe@contoso.com'")}`)
    expect(jane.status).toBe(200)
    expect(jane.body.value).toEqual([])
    const owner = await graph.get(
      `v1.0/users?${filter("proxyAddresses/any(p:p eq 'smtp:jane.doe@contoso.com')")}&$select=displayName,onPremisesSyncEnabled`,
    )
    expect(owner.body.value).toEqual([{ displayName: 'Janet Doerr', onPremisesSyncEnabled: true }])
  })

  it('returns the on-premises properties on $select only', async () => {
    const graph = await startTestGraph()
    const path = 'v1.0/users/anna.schmidt@contoso.com'
    const plain = await graph.get(path)
    expect(Object.keys(plain.body).filter((name) => name.startsWith('onPremises'))).toEqual([])
    const full = await graph.get(`${path}?$select=onPremisesDistinguishedName,onPremisesImmutableId`)
    expect(full.body.onPremisesDistinguishedName).toMatch(/^CN=Anna Schmidt,OU=.*,DC=contoso,DC=com$/)
    expect(Buffer.from(String(full.body.onPremisesImmutableId), 'base64')).toHaveLength(16)
  })

  it('pages through everybody once, with a link to follow and no more at the end', async () => {
    const graph = await startTestGraph()
    const ids: unknown[] = []
    let pages = 0
    let next: unknown = 'v1.0/users?$select=id&$top=200'
    while (typeof next === 'string') {
      const page = await graph.get(next)
      expect(page.status).toBe(200)
      ids.push(...page.body.value.map((each) => each.id))
      next = page.body['@odata.nextLink']
      pages++
    }
    expect(pages).toBe(5)
    expect(new Set(ids).size).toBe(ids.length)
    const counted = await graph.get('v1.0/users?$count=true&$top=1', {
      headers: { ConsistencyLevel: 'eventual' },
    })
    expect(counted.body['@odata.count']).toBe(ids.length)
  })

  it('finds an address with an apostrophe, without regard to case', async () => {
    const graph = await startTestGraph()
    const found = await graph.get(`v1.0/users?${filter("userPrincipalName eq 'PAT.O''BRIEN@contoso.com'")}`)
    expect(found.body.value.map((each) => each.displayName)).toEqual(["Pat O'Brien"])
  })

  it('shows two people of one name, names that look like markup, and names in other scripts', async () => {
    const graph = await startTestGraph()
    const annas = await graph.get(`v1.0/users?${filter("startswith(displayName,'Anna Schmidt')")}`)
    expect(annas.body.value).toHaveLength(3)
    const max = await graph.get('v1.0/users/max.muster@contoso.com')
    expect(max.body.displayName).toContain('<b>')
    const all = await graph.get('v1.0/users?$top=999')
    const scripts = [/\p{Script=Han}/u, /\p{Script=Cyrillic}/u, /\p{Script=Arabic}/u, /\p{Script=Hebrew}/u]
    for (const script of scripts)
      expect(all.body.value.some((each) => script.test(String(each.displayName)))).toBe(true)
  })

  it('knows the difference of an address that was dropped', async () => {
    const graph = await startTestGraph()
    const found = await graph.get(
      `v1.0/users?${filter("onPremisesProvisioningErrors/any(o:o/category eq 'PropertyConflict')")}&$select=userPrincipalName,onPremisesProvisioningErrors`,
    )
    expect(found.body.value).toMatchObject([
      {
        userPrincipalName: 'ines.duarte@contoso.com',
        onPremisesProvisioningErrors: [
          { propertyCausingError: 'ProxyAddresses', value: 'smtp:info@contoso.com' },
        ],
      },
    ])
  })

  it('keeps deleted people under a changed name', async () => {
    const graph = await startTestGraph()
    const path = 'v1.0/directory/deletedItems/microsoft.graph.user'
    const gone = await graph.get(`${path}?${filter("mail eq 'olu.adeyemi@contoso.com'")}`)
    expect(gone.body.value).toHaveLength(1)
    expect(gone.body.value[0]?.userPrincipalName).toMatch(/^[0-9a-f]{32}olu\.adeyemi@contoso\.com$/)
    expect(Date.parse(String(gone.body.value[0]?.deletedDateTime))).toBeLessThan(MORNING)
    const suffix = `${filter("endswith(userPrincipalName,'olu.adeyemi@contoso.com')")}`
    expect((await graph.get(`${path}?${suffix}`)).status).toBe(400)
    const advanced = await graph.get(`${path}?${suffix}&$count=true`, {
      headers: { ConsistencyLevel: 'eventual' },
    })
    expect(advanced.body.value).toHaveLength(1)
    expect((await graph.get('v1.0/users/olu.adeyemi@contoso.com')).status).toBe(404)
  })
})

describe('groups, service principals, organization', () => {
  it('has groups of both domains with members, and a deleted one', async () => {
    const graph = await startTestGraph()
    const groups = await graph.get('v1.0/groups')
    expect(groups.body.value).toHaveLength(38)
    const staff = groups.body.value.find((each) => each.displayName === 'All Staff')
    expect(staff?.onPremisesDomainName).toBe('contoso.com')
    const members = await graph.get(`v1.0/groups/${staff?.id}/members?$top=10`)
    expect(members.body.value).toHaveLength(10)
    expect(members.body.value[0]?.['@odata.type']).toBe('#microsoft.graph.user')
    expect((await graph.get('v1.0/groups/nobody/members')).status).toBe(404)
    const deleted = await graph.get('v1.0/directory/deletedItems/microsoft.graph.group')
    expect(deleted.body.value).toHaveLength(1)
  })

  it('says which of some groups a person is in', async () => {
    const graph = await startTestGraph()
    const groups = (await graph.get('v1.0/groups')).body.value
    const staff = String(groups.find((each) => each.displayName === 'All Staff')?.id)
    const pilot = String(groups.find((each) => each.displayName === 'Cloud Sync Pilot')?.id)
    const anna = (await graph.get('v1.0/users/anna.schmidt@contoso.com')).body.id
    const path = `v1.0/users/${anna}/checkMemberGroups`
    expect((await graph.post(path, { as: 'app', body: { groupIds: [staff, pilot] } })).body.value).toEqual([
      staff,
    ])
  })

  it('finds one configuration by its template and the other by the application id', async () => {
    const graph = await startTestGraph()
    const template = '1a4721b3-e57f-4451-ae87-ef078703ec94'
    const names = async (text: string) =>
      (await graph.get(`v1.0/servicePrincipals?${filter(text)}`)).body.value.map((each) => each.displayName)
    expect(await names(`applicationTemplateId eq '${template}'`)).toEqual(['contoso.com'])
    expect(await names(`appId eq '${template}'`)).toEqual(['fabrikam.com'])
    expect(await names("startswith(displayName,'contoso.com')")).toEqual([
      'contoso.com',
      'contoso.com travel portal',
    ])
  })

  it('answers for an appId in brackets, but for nothing below it', async () => {
    const graph = await startTestGraph()
    const path = "v1.0/servicePrincipals(appId='1a4721b3-e57f-4451-ae87-ef078703ec94')"
    expect((await graph.get(path)).body.displayName).toBe('fabrikam.com')
    expect((await graph.get(`${path}/synchronization/jobs`)).status).toBe(404)
    expect((await graph.get("v1.0/servicePrincipals(appId='none')")).status).toBe(404)
  })

  it('tells the last password synchronization in beta only', async () => {
    const graph = await startTestGraph()
    const [first] = (await graph.get('v1.0/organization')).body.value
    expect(first?.onPremisesSyncEnabled).toBe(true)
    expect(Date.parse(String(first?.onPremisesLastSyncDateTime))).toBe(Date.UTC(2026, 8, 14, 8, 4, 46))
    expect(first).not.toHaveProperty('onPremisesLastPasswordSyncDateTime')
    const [beta] = (await graph.get('beta/organization')).body.value
    expect(Date.parse(String(beta?.onPremisesLastPasswordSyncDateTime))).toBeLessThan(MORNING)
  })
})

describe('what is not supported', () => {
  it.each([
    ["v1.0/users?$filter=onPremisesDistinguishedName eq 'x'", 'Request_UnsupportedQuery'],
    ["v1.0/users?$filter=contains(displayName,'x')", 'Request_UnsupportedQuery'],
    ['v1.0/users?$filter=displayName eq', 'BadRequest'],
    ['v1.0/users?$filter=displayName eq jane', 'BadRequest'],
    ['v1.0/users?$search="displayName:x"', 'Request_UnsupportedQuery'],
    ['v1.0/users?$count=true', 'Request_UnsupportedQuery'],
    ['v1.0/users?$select=shoeSize', 'BadRequest'],
    ['v1.0/users?$top=0', 'BadRequest'],
    ['v1.0/users?$orderby=mail', 'Request_UnsupportedQuery'],
    ['v1.0/users?$expand=manager', 'BadRequest'],
    ['v1.0/users?$skiptoken=abc', 'Directory_ExpiredPageToken'],
    ['v1.0/auditLogs/provisioning?$count=true', 'Request_UnsupportedQuery'],
    [
      "v1.0/auditLogs/provisioning?$filter=provisioningStatusInfo/status eq 'failure'",
      'Request_UnsupportedQuery',
    ],
    ['v1.0/auditLogs/provisioning?$filter=activityDateTime ge 2026-09-14', 'Request_UnsupportedQuery'],
  ])('%s is refused with a clear error', async (path, code) => {
    const graph = await startTestGraph()
    const answer = await graph.get(path)
    expect(answer.status).toBe(400)
    expect(answer.body.error.code).toBe(code)
    expect(answer.body.error.message).not.toBe('')
    expect(answer.body.error.innerError['request-id']).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('unknown paths and verbs', async () => {
    const graph = await startTestGraph()
    const unknown = await graph.get('v1.0/devices')
    expect([unknown.status, unknown.body.error.code]).toEqual([404, 'UnknownError'])
    expect((await graph.post('v1.0/organization', { as: 'app' })).status).toBe(405)
    const { path } = await graph.job('contoso.com')
    const wrongVerb = await graph.post(`${path}/schema`)
    expect([wrongVerb.status, wrongVerb.body.error.code]).toEqual([404, 'UnknownError'])
    expect(JSON.parse(wrongVerb.body.error.message)).toHaveProperty('Message')
    expect((await graph.get('v1.0/users/%E0%A4%A')).status).toBe(400)
    expect((await fetch(`${graph.url}/v2.0/users`)).status).toBe(404)
  })
})
