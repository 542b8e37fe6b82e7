// Questions as people type them: right article, boundaries, abstention, follow-ups, hostile text.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { citedBy, plainReply, realKnowledge } from '../support/knowledge.ts'
import { HELPDESK, ISSUES, OFF_TOPIC, OTHER_PRODUCTS } from './questions.ts'

const knowledge = realKnowledge()

describe('questions', () => {
  it('answers nearly all of helpdesk shorthand with the right article, and the rest with it in second place', () => {
    const first = HELPDESK.filter(([want, text]) => citedBy(knowledge.ask(text))[0] === want)
    const missed = HELPDESK.filter(([want, text]) => !citedBy(knowledge.ask(text)).includes(want))
    expect(first.length / HELPDESK.length).toBeGreaterThanOrEqual(0.9)
    expect(missed.length / HELPDESK.length, JSON.stringify(missed)).toBeLessThanOrEqual(0.04)
  })

  it('answers most of longer reports with the right article', () => {
    const missed = ISSUES.filter(([want, text]) => !citedBy(knowledge.ask(text)).includes(want))
    expect(missed.length / ISSUES.length, JSON.stringify(missed)).toBeLessThanOrEqual(0.1)
  })

  it('never answers a question of another product or subject as if it were ours', () => {
    const wrong = [...OTHER_PRODUCTS.map(([, text]) => text), ...OFF_TOPIC].filter(
      (text) => knowledge.ask(text).kind === 'answer',
    )
    expect(wrong).toEqual([])
  })

  it.each(OTHER_PRODUCTS)('sends to %s: %s', (product, text) => {
    const reply = knowledge.ask(text)
    expect(reply.kind).toBe('boundary')
    if (reply.kind === 'boundary') {
      expect(reply.citations[0]?.articleId).toBe(`boundary:${product}`)
      expect(plainReply(reply)).toContain('a different product')
      expect(reply.offers.length).toBeGreaterThan(0)
    }
  })

  it('has a name, an address and a place to go for every boundary', () => {
    for (const row of knowledge.table('boundaries')?.rows ?? []) {
      const name = [row.names].flat()[0] ?? [row.signs].flat()[0]
      expect(name, String(row.id)).toBeDefined()
      expect(String(row.url)).toMatch(/^https:\/\/learn\.microsoft\.com\//)
      expect(knowledge.ask(`help with ${String(name).replaceAll('*', '')} please`).kind, String(name)).toBe(
        'boundary',
      )
    }
  })

  it('understands typos, old product names and slang', () => {
    expect(citedBy(knowledge.ask('AADCONNECT cloud sycn server core'))[0]).toBe('server-core')
    expect(citedBy(knowledge.ask('wich prots does the provisionning agnet need'))[0]).toBe('agent-ports')
    expect(citedBy(knowledge.ask('how offen does azure ad connect cloud sync run'))[0]).toBe('sync-interval')
    expect(citedBy(knowledge.ask('InetOrgPersn PHS?'))[0]).toBe('password-inetorgperson')
  })

  it('shows today’s limit, the old one and why they differ', () => {
    const text = plainReply(knowledge.ask('59 or 60 OUs?'))
    expect(text).toMatch(/about 50/)
    expect(text).toMatch(/59/)
    expect(text).toMatch(/4 MB/)
  })

  it('answers the second of two clear questions too', () => {
    const cited = citedBy(knowledge.ask('Which ports does the agent need? Is Windows Server Core supported?'))
    expect(cited).toContain('agent-ports')
    expect(cited).toContain('server-core')
  })

  it('says the same every time', () => {
    for (const [, text] of HELPDESK.slice(0, 40)) expect(knowledge.ask(text)).toEqual(knowledge.ask(text))
  })

  it('offers at most three next questions, each of which is answered', () => {
    for (const id of knowledge.articleIds()) {
      const reply = knowledge.show(id)
      if (reply.kind !== 'answer') throw new Error(`${id} is not shown`)
      expect(reply.offers.length).toBeLessThanOrEqual(3)
      for (const offer of reply.offers) {
        if ('say' in offer) expect(knowledge.ask(offer.say).kind, offer.say).toBe('answer')
      }
    }
  })
})

describe('abstention', () => {
  it('names the nearest topics and offers a person', () => {
    const reply = knowledge.ask('how do I change the colour of the agent icon')
    expect(reply.kind).toBe('abstain')
    if (reply.kind === 'abstain') {
      expect(reply.offers.some((offer) => 'say' in offer && offer.say === 'hand over')).toBe(true)
    }
  })

  it('declines what has nothing to do with sync in one line', () => {
    const reply = knowledge.ask('what is the weather in amsterdam')
    expect(reply.kind).toBe('decline')
    expect(plainReply(reply)).not.toContain('\n')
  })
})

describe('follow-ups', () => {
  it('carries a topic to another cloud', () => {
    expect(citedBy(knowledge.ask('and for gov?', { previous: 'agent-urls' }))[0]).toBe(
      'agent-urls-us-government',
    )
  })

  it('gives the sources of the answer before', () => {
    const text = plainReply(knowledge.ask('source?', { previous: 'server-core' }))
    expect(text).toContain('Prerequisites for Microsoft Entra Cloud Sync')
    expect(text).toContain('reviewed 2026')
  })

  it('gives the reason, or the steps, of the answer before', () => {
    const why = plainReply(knowledge.ask('why?', { previous: 'tier-0' }))
    expect(why).toContain('Whoever owns this server')
    expect(why).not.toContain('Windows LAPS')
    const how = plainReply(knowledge.ask('how?', { previous: 'agent-proxy' }))
    expect(how).toContain('exe.config')
  })

  it('understands follow-ups to a code, too', () => {
    expect(citedBy(knowledge.ask('source?', { previous: 'code:TimeOut' }))[0]).toBe('code:TimeOut')
  })

  it('is no follow-up without an answer before', () => {
    expect(knowledge.ask('why?').kind).not.toBe('answer')
    expect(knowledge.ask('source?', { previous: 'no-such-article' }).kind).not.toBe('answer')
  })
})

describe('show and cite', () => {
  it('shows articles and codes, and is honest about unknown ids', () => {
    expect(knowledge.show('sync-interval').kind).toBe('answer')
    expect(citedBy(knowledge.show('code:TimeOut'))).toEqual(['code:TimeOut'])
    expect(knowledge.show('<b>no</b>').kind).toBe('abstain')
  })

  it('cites document, heading and address', () => {
    expect(knowledge.cite('server-core')).toMatchObject({
      articleId: 'server-core',
      source: expect.stringContaining(' > '),
      url: expect.stringMatching(/^https:/),
      reviewed: expect.stringMatching(/^20/),
    })
    expect(() => knowledge.cite('nothing')).toThrow(/SM_KNOWLEDGE_INVALID/)
  })
})

describe('hostile text', () => {
  it('reads through markup, control and invisible characters', () => {
    const texts = [
      '<p>which <b>ports</b> does the agent need?</p><script>alert(1)</script>',
      'which\u0000 po\u200brts\u0007 does the agent need',
      '**which ports** does the `agent` need',
      'which&nbsp;ports does the agent need &amp; why',
    ]
    for (const text of texts) expect(citedBy(knowledge.ask(text))[0], text).toBe('agent-ports')
  })

  it('survives 100 KB of anything', () => {
    for (const unit of [
      '<',
      'a',
      '(((',
      'agent ports ',
      '\u202e',
      '<a href="',
      'É',
      '{{table ports}} ',
      'x-',
    ]) {
      const reply = knowledge.ask(unit.repeat(Math.ceil(100_000 / unit.length)))
      expect(['answer', 'abstain', 'boundary', 'decline']).toContain(reply.kind)
    }
  })

  it('never throws and never repeats what it was told as its own words', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        const reply = knowledge.ask(text)
        expect(['answer', 'abstain', 'boundary', 'decline']).toContain(reply.kind)
      }),
      { numRuns: 300 },
    )
  })

  it('is nothing for an empty text', () => {
    for (const text of ['', '   ', '???', '\u0000']) expect(knowledge.ask(text).kind).not.toBe('answer')
  })
})
