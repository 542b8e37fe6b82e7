// The HTTP under botbuilder's Connector client: one try, no redirects, 15 s. Its own pipeline would repeat a POST on
// 503 and follow redirects; a failure of ours is no error it knows, so it passes through untouched.
import type { ConfigurationBotFrameworkAuthentication } from 'botbuilder'
import type { Outbound } from '../outbound.ts'

type ConnectorOptions = NonNullable<ConstructorParameters<typeof ConfigurationBotFrameworkAuthentication>[4]>
type HttpClient = NonNullable<ConnectorOptions['httpClient']>

/** The Connector answered, and not with success. */
export class ConnectorRefusal extends Error {
  readonly status: number
  readonly body: string
  readonly retryAfter: string | undefined

  constructor(status: number, body: string, retryAfter: string | undefined) {
    super(`the Connector answered ${status}`)
    this.name = 'ConnectorRefusal'
    this.status = status
    this.body = body
    this.retryAfter = retryAfter
  }
}

export function createConnectorHttp(outbound: Outbound, timeoutMs: number): HttpClient {
  return {
    async sendRequest(request) {
      const { body } = request
      const { 'content-length': _length, ...headers } = request.headers.toJson()
      const answer = await outbound.send({
        url: request.url,
        method: request.method,
        headers,
        timeoutMs,
        ...(typeof body === 'string' ? { body } : {}),
      })
      if (answer.status < 200 || answer.status > 299)
        throw new ConnectorRefusal(answer.status, answer.body, answer.headers['retry-after'])
      const answered = request.headers.clone()
      for (const name of answered.headerNames()) answered.remove(name)
      for (const [name, value] of Object.entries(answer.headers)) answered.set(name, value)
      // The generated client knows 200, 201 and 202 alone; an empty 204 means the same here.
      return { request, status: 200, headers: answered, bodyAsText: answer.body }
    },
  }
}

export type { ConnectorOptions }
