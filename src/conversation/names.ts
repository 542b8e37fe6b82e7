// Finds the name of a person or group that a complaint is about: "Jane Doe is not synced".
import type { Entity } from './entities.ts'

/** Words that stand before "is not synced" and name nobody. */
const general = new Set(
  `user users group groups account accounts object objects it this that these those he she they we you nobody everyone everybody nothing something someone somebody noone none all some many several most new old sync syncing provisioning cloud entra azure ad agent agents server servers job jobs configuration attribute attributes password passwords ou ous contact contacts device devices member members manager people person employee employees colleague colleagues staff students student hires hire guys guy here there what which who why where when how domain domains tenant change changes value values data photo phone mail email address extension extensions upn service bus port ports license licence mailbox scope filter mapping mappings one two three and or but also still just only now today then because since after if the a an my our your his her its their is are was were has have had do does did can could should would will not never no yes please hi hello hey in on of for from to with by at as so quarantine status error errors log logs wizard setup installer installation object's thing things everything portal page update updates feature features certificate computer computers laptop inetorgperson hash hashes writeback directory ldap dc dcs dns proxy firewall tls connect microsoft windows exchange teams office admin administrator admins owner team department ones ad-user aduser guest guests newly created deleted disabled enabled memberships membership nested level levels display displayname title surname givenname first last name names documentation docs deletion deletions delete deletes button download option options checkbox box sspr sso helpdesk card alert alerts channel log entry entries migration registration writeback seamless hybrid pw temp one-click agent's quarantine mapping's`.split(
    /\s+/,
  ),
)

const word = "[\\p{L}][\\p{L}\\p{N}'._-]{1,40}"
// Lazy: the verb that follows must not become part of the name.
const names = `(?<name>${word}(?: ${word}){0,2}?)`
const trouble =
  "(?:(?:is|was|has|does|did|are|can|could|will|still|just)\\s?(?:n't|nt)?\\s?(?:still |also |just )?(?:not |never |n't |no longer |missing|gone|deleted|skipped|absent|can ?not )|isn'?t|wasn'?t|don'?t|doesn'?t|didn'?t|hasn'?t|can'?t|cannot|won'?t|never |missing |(?:still )?has (?:still )?no |not (?:synced|syncing|in|showing|visible|there)|disappeared|vanished|fails to|failed to|got (?:deleted|skipped))"

const patterns: readonly RegExp[] = [
  new RegExp(
    `\\b(?:user|colleague|account|person|employee|login|group|coworker|mr|mrs|ms)\\.? (?:named |called |with the name |name )?["']?${names}["']?\\s(?=${trouble})`,
    'iu',
  ),
  new RegExp(
    `\\bgroup ["']?${names}["']?\\s(?=(?:misses|lacks|lost|has (?:no|too few|lost|fewer)|is without|does not have)\\b)`,
    'iu',
  ),
  new RegExp(
    `^(?:(?:hi|hello|hey|help|ok|so|please|pls|plz)[,!.]? )*(?:why (?:is|was|does|did|can|isn'?t|doesn'?t) )?["']?${names}["']?\\s(?=${trouble})`,
    'iu',
  ),
  new RegExp(
    `\\bwhy (?:is|was|does|did|isn'?t|wasn'?t|doesn'?t|didn'?t) ["']?${names}["']? (?=(?:not |never |missing|gone|deleted|skipped|in |on |there|sync|synced|show|appear|have))`,
    'iu',
  ),
  new RegExp(
    `\\b(?:can'?t|cannot|can not|could not) (?:find|see) (?:the )?(?:user |account |group |colleague )?["']?${names}["']? (?=(?:in|on)\\b)`,
    'iu',
  ),
  new RegExp(`^where is (?:the )?(?:user |account |group |colleague )?["']?${names}["']?[?.! ]*$`, 'iu'),
  new RegExp(
    `^(?:check|look up|lookup|diagnose|find|search|what (?:is wrong|about) with|what is the matter with) (?:the )?(?:user |account |group |colleague )["']?${names}["']?[?.! ]*$`,
    'iu',
  ),
  new RegExp(
    `\\b(?:password of|department of|manager of|phone(?: number)? of|title of|name of|for) (?:the )?(?:user |account |colleague )?["']?${names}["']? (?=(?:is|was|does|did|still|never|not)\\b)`,
    'iu',
  ),
  new RegExp(`^${names}'s (?:new )?(?:password|account|mail|attribute|phone|department|manager)\\b`, 'iu'),
]

/** The name of a person or group, as typed; undefined when the words are general. */
export function findName(text: string): Extract<Entity, { kind: 'name' | 'sam' }> | undefined {
  const line = text.replace(/\s+/g, ' ').trim().slice(0, 400)
  for (const pattern of patterns) {
    const match = pattern.exec(line)
    const raw = match?.groups?.name?.trim().replace(/'s$/, '')
    if (!match || !raw) continue
    const parts = raw.split(' ')
    const kept = dropLeading(parts)
    if (
      /^(?:adtoaad|aad|azuread|extensionattribute\d|(?:get|set|add|new|repair|test|enable|invoke)-\w)/i.test(
        raw,
      )
    )
      continue
    if (/\.(?:config|exe|ps[dm]?1|dll|log|msi|reg)$/i.test(raw)) continue
    if (kept.length === 0 || kept.some((p) => general.has(p.toLowerCase()))) continue
    const value = kept.join(' ')
    const type = /\bgroup\b/i.test(match[0]) ? 'group' : 'user'
    if (/\.[a-z]{2,}$/i.test(value) && !value.includes(' ') && domainLike(value)) continue
    const account =
      type === 'user' && kept.length === 1 && /[\d._-]/.test(value) && !/^\p{Lu}\p{Ll}+$/u.test(value)
    return account ? { kind: 'sam', value } : { kind: 'name', value, type }
  }
  return undefined
}

/** "contoso.com" names a domain; "jane.doe" an account. */
function domainLike(value: string): boolean {
  return /\.(com|net|org|local|lan|corp|int|intern|internal|edu|gov|io|eu|de|at|ch|uk|fr|nl|us|ad)$/i.test(
    value,
  )
}

function dropLeading(parts: readonly string[]): readonly string[] {
  let start = 0
  const lead = new Set([
    'user',
    'account',
    'colleague',
    'group',
    'the',
    'our',
    'my',
    'is',
    'why',
    'hi',
    'hello',
    'hey',
    'person',
  ])
  while (start < parts.length && lead.has((parts[start] ?? '').toLowerCase())) start++
  return parts.slice(start)
}
