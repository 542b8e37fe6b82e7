// Directory data is shown, never obeyed: no markup, no link, no mention, no hidden direction marks.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lint, render, safeUrl, urlOf } from '../../src/cards/index.ts'
import type { Finding, Reply } from '../../src/nouns.ts'
import { personal, prose } from '../../src/nouns.ts'
import { nodesOf, textsOf } from '../support/card-texts.ts'
import { hostile } from '../support/hostile.ts'
import { conflictFinding, incident, now, proposal, replies } from '../support/replies.ts'

function everywhere(name: string): readonly Reply[] {
  const finding: Finding = {
    ...conflictFinding,
    title: prose`${name} is not synced`,
    cause: prose`because of ${personal(name)}`,
    evidence: [{ name, value: [{ data: name }, { code: name }, { strong: name }], source: name, asOf: now }],
    nextSteps: [{ who: 'AD', prose: [{ link: name, url: name }], command: name, url: name }],
    offers: [
      { label: name, say: name },
      { label: name, url: name },
    ],
    unchecked: [{ what: name, because: 'notSignedIn' }],
  }
  return [
    {
      ...replies.finding,
      title: [{ data: name }],
      findings: [finding, finding],
      citations: [{ articleId: 'a', title: name, source: name, url: name, reviewed: name }],
    },
    {
      ...replies.answer,
      title: name,
      blocks: [
        { kind: 'heading', text: name },
        { kind: 'table', caption: name, columns: [name, name], rows: [[[{ data: name }], [name]]] },
        { kind: 'code', language: 'x', text: name },
      ],
    },
    {
      ...replies.incident,
      incident: {
        ...incident,
        subject: name,
        title: [{ data: name }],
        ownerName: name,
        state: 'acked',
        suppressedBy: name,
      },
      note: name,
    },
    {
      ...replies.proposal,
      proposal: { ...proposal, target: { ...proposal.target, dn: name, domain: name } },
    },
    {
      ...replies.question,
      ask: [{ data: name }],
      choices: [
        {
          label: name,
          verb: 'dialog.choose',
          data: { choice: name },
          inputs: [
            {
              id: 'text',
              label: name,
              kind: 'choice',
              required: true,
              choices: [{ title: name, value: 'v' }],
            },
          ],
        },
      ],
    },
    { ...replies.notice, title: name },
    { ...replies.error, title: name, next: name },
    { ...replies.abstain, title: name, nearest: [{ title: name, say: name }] },
  ]
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what is looked for
const hiddenMarks = /[\u202a-\u202e\u2066-\u2069\u200b\ufeff\u0000-\u0008\u001b]|\udb40[\udc00-\udfff]/

function expectHarmless(reply: Reply): void {
  const message = render(reply, { scope: 'personal', now })
  expect(lint(message.card)).toEqual([])
  for (const node of nodesOf(message.card)) {
    // The only texts that a client reads as Markdown.
    if (node.type === 'TextBlock') expect(String(node.text)).toMatch(/^[A-Z][a-z ]+$/)
    expect(['FactSet', 'Image', 'Media']).not.toContain(node.type)
    if ('url' in node) expect(safeUrl(String(node.url))).toBe(node.url)
    if (typeof node.label === 'string') expect(node.label).not.toMatch(/[*_`<>[\]]/)
  }
  expect(String(message.card?.fallbackText)).not.toMatch(/[*_`<>[\]]/)
  expect(message.card).not.toHaveProperty('msteams.entities')
  for (const text of [...textsOf(message.card), message.text, message.summary]) {
    expect(text.isWellFormed()).toBe(true)
    expect(text).not.toMatch(hiddenMarks)
  }
}

describe('hostile names', () => {
  it('are at least 35 and do nothing anywhere', () => {
    expect(hostile.length).toBeGreaterThanOrEqual(35)
    for (const name of hostile) for (const reply of everywhere(name)) expectHarmless(reply)
  })

  it('do nothing in any mixture', () => {
    const name = fc
      .array(fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: 'binary', maxLength: 40 })), {
        minLength: 1,
        maxLength: 4,
      })
      .map((parts) => parts.join(' '))
    fc.assert(
      fc.property(name, fc.nat(7), (text, i) => expectHarmless(everywhere(text)[i] as Reply)),
      { numRuns: 400 },
    )
  })

  it('are shown as they are, on one line, and visibly cut', () => {
    const text = render(
      { ...replies.finding, title: [{ data: 'line\nbreak **x** <at>y</at>' }] },
      { scope: 'personal', now },
    ).text
    expect(text).toContain('line break **x** <at>y</at>')
    const long = render(
      { ...replies.finding, title: [{ data: `👩${'x'.repeat(400)}` }] },
      { scope: 'personal', now },
    ).text
    expect(long).toContain(`👩${'x'.repeat(253)}…`)
    const pair = render(
      { ...replies.finding, title: [{ data: `${'x'.repeat(254)}👩👩` }] },
      { scope: 'personal', now },
    ).text
    expect(pair).toContain(`${'x'.repeat(254)}…`)
  })
})

describe('links', () => {
  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'vbscript:x',
    'http://entra.microsoft.com',
    'https://entra.microsoft.com.evil.example',
    'https://evil.example/entra.microsoft.com',
    'https://entra.microsoft.com@evil.example',
    'https://user:pw@entra.microsoft.com',
    'https://entra.microsoft.com:8443/',
    'https://entra.microsoft.com.',
    'https://xn--entra-microsoft.com',
    'https://еntra.microsoft.com',
    'https:/entra.microsoft.com',
    'https:entra.microsoft.com',
    'https:\\\\entra.microsoft.com',
    'https://evil.example\\@entra.microsoft.com',
    '//entra.microsoft.com',
    'entra.microsoft.com',
    ' https://entra.microsoft.com',
    'https://entra.microsoft.com/\u202Egnp',
    'https://entra.microsoft.com/a b',
    'https://[::1]/',
    'https://127.0.0.1/',
    'https://login.microsoftonline.com/',
    'https://learn.microsoft.com.',
    'https://alearn.microsoft.com',
    'msteams://x',
    'ms-settings:',
    'https://',
    '',
    'https://learn.microsoft.com/"><script>',
    `https://learn.microsoft.com/${'a'.repeat(2000)}`,
    'https://portal.azure.com\t/',
    'https://portal.azure.com\u0000',
    'ftp://portal.azure.com',
    'https://portal%2eazure%2ecom',
    'blob:https://portal.azure.com/x',
  ])('%j leads nowhere', (url) => {
    const safe = safeUrl(url)
    // A percent-encoded host is decoded by the parser to the same allowed host; everything else is refused.
    if (url.includes('%2e')) expect(safe).toBe('https://portal.azure.com/')
    else expect(safe).toBeUndefined()
    const { card, text } = render(
      {
        ...replies.notice,
        blocks: [{ kind: 'text', prose: [{ link: 'here', url }] }],
        offers: [{ label: 'Open', url }],
      },
      { scope: 'personal', now },
    )
    if (safe === undefined) {
      expect(nodesOf(card).some((node) => node.type === 'Action.OpenUrl')).toBe(false)
      expect(text).not.toContain('Open')
    }
  })

  it('to portals and documentation are kept, with ids encoded', () => {
    const id = '../x?y=1#z'
    const url = urlOf`https://entra.microsoft.com/#view/Users/objectId/${id}`
    expect(url).toBe('https://entra.microsoft.com/#view/Users/objectId/..%2Fx%3Fy%3D1%23z')
    expect(safeUrl(url)).toBe(url)
    expect(safeUrl('https://LEARN.microsoft.com/en-us/')).toBe('https://learn.microsoft.com/en-us/')
  })
})
