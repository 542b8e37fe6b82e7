import { describe, expect, test } from 'vitest'
import { clouds } from '../../src/clouds.ts'
import { isAllowedServiceUrl } from '../../src/teams/index.ts'
import { onNextHost } from '../../src/teams/service-url.ts'

const rule = { hosts: clouds.global.connectorHosts, loopback: false }
const local = { hosts: [], loopback: true }

const tricks = [
  'http://smba.trafficmanager.net/teams/',
  'https://smba.trafficmanager.net:443/teams/',
  'https://smba.trafficmanager.net:8443/teams/',
  'https://user@smba.trafficmanager.net/teams/',
  'https://user:pass@smba.trafficmanager.net/teams/',
  'https://smba.trafficmanager.net@evil.example/teams/',
  'https://evil.example/smba.trafficmanager.net/',
  'https://smba.trafficmanager.net.evil.example/teams/',
  'https://evil-smba.trafficmanager.net/teams/',
  'https://evilsmba.trafficmanager.net/',
  'https://other.trafficmanager.net/teams/',
  'https://trafficmanager.net/teams/',
  'https://smba.trafficmanager.net./teams/',
  'https://SMBA.TRAFFICMANAGER.NET/teams/',
  'HTTPS://smba.trafficmanager.net/teams/',
  'https://smba.trafficmanager.net\\@evil.example/',
  'https:\\\\smba.trafficmanager.net/',
  'https:/smba.trafficmanager.net/teams/',
  'https:smba.trafficmanager.net/teams/',
  '//smba.trafficmanager.net/teams/',
  'https://smba.trafficmanager.net%2f@evil.example/',
  'https://smba.trafficmanager.net/teams/%2f..%2f',
  'https://smba.trafficmanager.net/../teams/',
  'https://smba.trafficmanager.net/teams/?x=1',
  'https://smba.trafficmanager.net/teams/#x',
  'https://smbа.trafficmanager.net/teams/',
  'https://xn--smb-8cd.trafficmanager.net/teams/',
  'https://[::1]/teams/',
  'https://127.0.0.1/teams/',
  'https://smba.trafficmanager.net/teams/\n',
  ' https://smba.trafficmanager.net/teams/',
  'https://smba.trafficmanager.net\t/teams/',
  'https://smba.trafficmanager.net\u0000/teams/',
  'javascript:alert(1)',
  'file:///etc/passwd',
  '',
  `https://smba.trafficmanager.net/${'a'.repeat(600)}`,
]

const localTricks = [
  'https://smba.trafficmanager.net/teams/',
  'http://10.0.0.1/',
  'http://169.254.169.254/metadata',
  'http://127.0.0.1.evil.example/',
  'http://127.0.0.1@evil.example/',
  'http://user@127.0.0.1/',
  'http://0x7f000001/',
  'http://2130706433/',
  'http://127.1/',
  'http://127.0.0.999/',
  'http://0.0.0.0/',
  'http://[::ffff:127.0.0.1]/',
  'http://127.0.0.1:99999/',
  'http://localhost.evil.example/',
  'http://127.0.0.1/?x',
]

describe('B4 which service URL may be used', () => {
  test.each(tricks)('%j is refused', (url) => {
    expect(isAllowedServiceUrl(url, rule)).toBe(false)
  })

  test.each(localTricks)('%j is refused on loopback', (url) => {
    expect(isAllowedServiceUrl(url, local)).toBe(false)
  })

  test.each([
    'https://smba.trafficmanager.net',
    'https://smba.trafficmanager.net/',
    'https://smba.trafficmanager.net/teams/',
    'https://smba.trafficmanager.net/emea/aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee/',
  ])('%s is allowed', (url) => {
    expect(isAllowedServiceUrl(url, rule)).toBe(true)
  })

  test.each(['http://127.0.0.1:3978/connector/', 'http://localhost:56150/_connector', 'http://[::1]:80801/'])(
    '%s on loopback, when loopback is allowed',
    (url) => {
      expect(isAllowedServiceUrl(url, local)).toBe(URL.canParse(url))
      expect(isAllowedServiceUrl(url, rule)).toBe(false)
    },
  )

  test('each cloud allows its own hosts; the China cloud has none', () => {
    const url = 'https://smba.infra.gov.teams.microsoft.us/teams/'
    const allowing = Object.entries(clouds).filter(([, cloud]) =>
      isAllowedServiceUrl(url, { hosts: cloud.connectorHosts, loopback: false }),
    )
    expect(allowing.map(([name]) => name)).toEqual(['gcchigh'])
    expect(clouds.china.connectorHosts).toEqual([])
  })
})

describe('the other host after InvalidBotApiHost', () => {
  const gcc = { hosts: clouds.gcc.connectorHosts, loopback: false }

  test('goes round the hosts of the cloud and keeps the path', () => {
    const first = 'https://smba.trafficmanager.net/teams/'
    const second = onNextHost(first, gcc)
    expect(second).toBe('https://smba.infra.gcc.teams.microsoft.com/teams/')
    expect(onNextHost(second ?? '', gcc)).toBe(first)
  })

  test('there is none in a cloud with one host, nor for an address that is not allowed', () => {
    expect(onNextHost('https://smba.trafficmanager.net/teams/', rule)).toBeUndefined()
    expect(onNextHost('https://evil.example/', gcc)).toBeUndefined()
  })
})
