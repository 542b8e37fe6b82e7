// How names of a directory are compared: letter case never counts, distinguished names go part by part.

/** Domains, ids and account names: the same whatever their letter case. */
export function sameName(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && a.toLowerCase() === b.toLowerCase()
}

/** 'CN=Doe\, Jane, OU = Sales' -> ['cn=doe\, jane', 'ou=sales']: case and blanks around separators do not count. */
export function dnParts(dn: string): readonly string[] {
  const parts = dn.match(/(?:\\.|[^,\\])+/gs) ?? []
  return parts
    .map((part) => {
      const [type = '', ...value] = part.split('=')
      return value.length > 0 ? `${type.trim()}=${value.join('=').trim()}` : type.trim()
    })
    .filter((part) => part !== '')
    .map((part) => part.toLowerCase())
}

export function sameDn(a: string, b: string): boolean {
  return dnParts(a).join(',') === dnParts(b).join(',')
}

/** Whether a DN is the container or lies below it, at any depth. */
export function isBelow(dn: string, container: string): boolean {
  const [object, parent] = [dnParts(dn), dnParts(container)]
  if (parent.length === 0 || parent.length > object.length) return false
  return parent.every((part, i) => part === object[object.length - parent.length + i])
}

/** 'CN=Jane,OU=Sales,DC=contoso,DC=com' -> 'contoso.com'; undefined without DC parts. */
export function domainOfDn(dn: string): string | undefined {
  const names = dnParts(dn).filter((part) => part.startsWith('dc='))
  return names.length > 0 ? names.map((part) => part.slice(3)).join('.') : undefined
}

export function domainOfUpn(upn: string): string | undefined {
  const domain = upn
    .slice(upn.lastIndexOf('@') + 1)
    .trim()
    .toLowerCase()
  return upn.includes('@') && domain !== '' ? domain : undefined
}
