// Which article explains a check: by convention check-<id with dashes>; exceptions are listed here.

const exceptions: Readonly<Record<string, string>> = {}

export function articleOf(checkId: string): string {
  return exceptions[checkId] ?? `check-${checkId.replaceAll('.', '-')}`
}
