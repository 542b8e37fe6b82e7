import { afterAll, beforeAll, expect, test } from 'vitest'
import { withTyping } from '../../src/conversation/index.ts'
import type { ConversationPort } from '../../src/ports.ts'
import { createAdapter, createConversationPort } from '../../src/teams/index.ts'
import { tenantId } from '../support/bot-authority.ts'
import { type FakeConnector, startConnector } from '../support/connector.ts'
import {
  botId,
  environment,
  machineClock,
  message,
  quietTelemetry,
  startEdge,
  type TestEdge,
} from '../support/teams.ts'

let connector: FakeConnector
let edge: TestEdge
let port: ConversationPort
const adapter = createAdapter({
  cloud: 'global',
  credentials: { kind: 'loopback' },
  tokenServiceUrl: 'http://127.0.0.1:9',
})

beforeAll(async () => {
  connector = await startConnector()
  port = createConversationPort({
    adapter,
    botId,
    environment,
    serviceUrls: { hosts: [], loopback: true },
    clock: machineClock,
    telemetry: quietTelemetry(),
  })
  edge = await startEdge({
    handle: (event) =>
      withTyping(port, event.place, async () => {
        const text = event.kind === 'message' ? `you said ${event.text}` : event.kind
        await port.reply(event.place, event.activityId, { text, summary: text, bytes: 2 * text.length })
        return {}
      }),
  })
})
afterAll(async () => {
  await edge.close()
  adapter.close()
  await connector.close()
})

test('a message in a channel thread comes in through the gate and is answered in the same thread', async () => {
  const answer = await edge.say(
    message({
      id: '1755',
      serviceUrl: connector.serviceUrl,
      text: '<at>Sync Medic</at>&nbsp;status of <at>Jane</at>',
      entities: [
        { type: 'mention', text: '<at>Sync Medic</at>', mentioned: { id: botId } },
        { type: 'mention', text: '<at>Jane</at>', mentioned: { id: '29:jane' } },
      ],
      conversation: { id: '19:abc@thread.tacv2;messageid=1700', conversationType: 'channel', tenantId },
    }),
  )
  expect(answer.status).toBe(200)
  expect(connector.messages()).toMatchObject([
    {
      path: '19:abc@thread.tacv2;messageid=1700/activities',
      authorization: 'Bearer app',
      activity: { text: 'you said status of Jane', textFormat: 'plain' },
    },
  ])
})

test('a place kept from it can be posted to later, as a new thread', async () => {
  const [place] = edge.places
  expect(place && (await port.post(place, { text: 'alert', summary: 'alert', bytes: 10 }))).toMatchObject({
    ok: true,
  })
  expect(connector.messages().at(-1)?.path).toBe('19:abc@thread.tacv2/activities')
})
