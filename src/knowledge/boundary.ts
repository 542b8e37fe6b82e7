// Near-miss products: recognised by name or by something only they have, named, and pointed to the right place.
import type { Block, Reply } from '../nouns.ts'
import { HAND_OVER } from './abstain.ts'
import { cellText } from './fill.ts'
import type { Tables } from './load.ts'
import { parseInline } from './markdown.ts'
import type { Cell } from './schema.ts'

export type Product = {
  readonly id: string
  readonly name: string
  readonly where: string
  readonly url: string
  /** What Cloud Sync does in that field, if anything. */
  readonly here: string
}

export type Sighting = {
  readonly product: Product
  /** sign: something only that product has; name: it is named, perhaps only for comparison. */
  readonly by: 'sign' | 'name'
}

export type Boundaries = {
  readonly products: readonly Product[]
  /** Products a text is about, most telling first. */
  sight(text: string): readonly Sighting[]
  reply(product: Product): Reply
}

const list = (cell: Cell | undefined): string[] =>
  Array.isArray(cell) ? cell : cell === undefined ? [] : [String(cell)]

/** Spellings as one pattern: blanks match any gap or hyphen, `*` any ending of the word. */
function patternOf(spellings: readonly string[]): RegExp | undefined {
  if (spellings.length === 0) return undefined
  const parts = spellings.map((spelling) =>
    spelling
      .toLowerCase()
      .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
      .replace(/[\s-]+/g, '[\\s-]+')
      .replace(/\*/g, '[a-z0-9]*'),
  )
  return new RegExp(`(?<![a-z0-9])(?:${parts.join('|')})(?![a-z0-9])`)
}

/** Cloud Sync under its older names contains the name of Connect: taken out before products are looked for. */
const OWN_NAMES =
  /(?:(?:microsoft )?(?:azure ad|azure active directory|aad|entra|entra id|ad) ?connect(?:'s)?[\s:-]+)?(?:cloud[\s-]?(?:sync|sycn|snyc|synch)\b[a-z]*|cloud[\s-]provisioning(?:[\s-]agent)?|provisioning[\s-]agent)/g

export function createBoundaries(tables: Tables): Boundaries {
  const table = tables.get('boundaries')
  const rows = (table?.rows ?? []).map((row) => ({
    product: {
      id: cellText(row.id),
      name: cellText(row.product),
      where: cellText(row.goes_to),
      url: cellText(row.url),
      here: cellText(row.here),
    },
    signs: patternOf(list(row.signs)),
    names: patternOf(list(row.names)),
  }))
  return {
    products: rows.map((row) => row.product),
    sight(text) {
      const bare = text.toLowerCase().replace(OWN_NAMES, ' cloudsync ')
      const seen: { readonly sighting: Sighting; readonly at: number }[] = []
      for (const { product, signs, names } of rows) {
        const sign = signs?.exec(bare)
        const name = names?.exec(bare)
        if (sign) seen.push({ sighting: { product, by: 'sign' }, at: sign.index })
        else if (name) seen.push({ sighting: { product, by: 'name' }, at: name.index })
      }
      const rank = (by: Sighting['by']) => (by === 'sign' ? 0 : 1)
      return seen
        .sort((a, b) => rank(a.sighting.by) - rank(b.sighting.by) || a.at - b.at)
        .map((one) => one.sighting)
    },
    reply: (product) => replyFor(product, table?.reviewed ?? ''),
  }
}

function replyFor(product: Product, reviewed: string): Reply {
  const blocks: Block[] = [
    { kind: 'text', prose: [`This is about ${product.name}, a different product. I only cover Cloud Sync.`] },
    { kind: 'text', prose: parseInline(product.where) },
  ]
  if (product.here !== '')
    blocks.push({ kind: 'text', prose: [{ strong: 'Cloud Sync and this: ' }, ...parseInline(product.here)] })
  return {
    kind: 'boundary',
    title: `${product.name}: not Cloud Sync`,
    product: product.name,
    blocks,
    citations: [
      {
        articleId: `boundary:${product.id}`,
        title: product.name,
        source: `${product.name} documentation`,
        url: product.url,
        reviewed,
      },
    ],
    offers: [{ label: 'Open its documentation', url: product.url }, HAND_OVER],
  }
}
