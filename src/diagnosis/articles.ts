// Which article explains a check: by convention check-<id with dashes>; exceptions are listed here.

const exceptions: Readonly<Record<string, string>> = {
  'agents.some-inactive': 'agent-high-availability',
  'feature.device-sync-off': 'device-sync',
  'feature.exchange-writeback-off': 'exchange-hybrid',
  'feature.groups-to-ad-off': 'groups-to-ad',
  'feature.password-hash-off': 'password-hash-sync',
  'job.first-cycle': 'sync-initial-cycle',
  'job.mass-failures': 'errors-by-code',
  'job.quarantine-returned': 'quarantine-returns',
  'object.delete-held': 'accidental-deletes',
  'object.disabled': 'account-disabled',
  'object.onmicrosoft-name': 'upn-onmicrosoft',
  'object.recreated': 'account-recreated',
}

export function articleOf(checkId: string): string {
  return exceptions[checkId] ?? `check-${checkId.replaceAll('.', '-')}`
}
