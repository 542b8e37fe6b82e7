// Hosts of each Microsoft cloud, in one place: sign-in, Graph, Bot Connector, token service, portals.

export type CloudName = 'global' | 'gcc' | 'gcchigh' | 'dod' | 'china'

export type Cloud = {
  readonly graph: string
  readonly login: string
  readonly openIdMetadata: string
  readonly tokenService: string
  readonly tokenIssuer: string
  /** Hosts a serviceUrl may name; empty where Teams bots have none that is known. */
  readonly connectorHosts: readonly string[]
  readonly portal: string
}

const global: Cloud = {
  graph: 'https://graph.microsoft.com',
  login: 'https://login.microsoftonline.com',
  openIdMetadata: 'https://login.botframework.com/v1/.well-known/openidconfiguration',
  tokenService: 'https://token.botframework.com',
  tokenIssuer: 'https://api.botframework.com',
  connectorHosts: ['smba.trafficmanager.net'],
  portal: 'https://entra.microsoft.com',
}

const government: Cloud = {
  graph: 'https://graph.microsoft.us',
  login: 'https://login.microsoftonline.us',
  openIdMetadata: 'https://login.botframework.azure.us/v1/.well-known/openidconfiguration',
  tokenService: 'https://token.botframework.azure.us',
  tokenIssuer: 'https://api.botframework.us',
  connectorHosts: ['smba.infra.gov.teams.microsoft.us'],
  portal: 'https://entra.microsoft.us',
}

export const clouds: Readonly<Record<CloudName, Cloud>> = {
  global,
  gcc: { ...global, connectorHosts: ['smba.infra.gcc.teams.microsoft.com', 'smba.trafficmanager.net'] },
  gcchigh: government,
  dod: {
    ...government,
    graph: 'https://dod-graph.microsoft.us',
    connectorHosts: ['smba.infra.dod.teams.microsoft.us'],
  },
  china: {
    ...global,
    graph: 'https://microsoftgraph.chinacloudapi.cn',
    login: 'https://login.chinacloudapi.cn',
    openIdMetadata: 'https://login.botframework.azure.cn/v1/.well-known/openidconfiguration',
    tokenService: 'https://token.botframework.azure.cn',
    tokenIssuer: 'https://api.botframework.azure.cn',
    connectorHosts: [],
    portal: 'https://entra.microsoftonline.cn',
  },
}

export function isLoopbackHost(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '')
  return name === 'localhost' || name === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(name)
}

export function isLoopbackUrl(url: string): boolean {
  return isLoopbackHost(new URL(url).hostname)
}
