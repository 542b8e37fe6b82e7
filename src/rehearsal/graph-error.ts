// Answers that are errors, in the body Graph gives them.

/** Thrown by anything that answers a request; becomes an OData error body. */
export class GraphError extends Error {
  readonly status: number
  readonly code: string
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.name = 'GraphError'
    this.status = status
    this.code = code
    this.headers = headers
  }
}

export function badRequest(message: string, code = 'BadRequest'): GraphError {
  return new GraphError(400, code, message)
}

/** How the synchronization service says that a permission is missing: no code, no message. */
export function silentRefusal(): GraphError {
  return new GraphError(401, 'UnknownError', '')
}

export function denied(): GraphError {
  return new GraphError(
    403,
    'Authorization_RequestDenied',
    'Insufficient privileges to complete the operation.',
  )
}

export function noSuchRoute(path: string): GraphError {
  // The synchronization service answers JSON inside the message.
  const inner = JSON.stringify({
    Message: `No HTTP resource was found that matches the request URI '${path}'.`,
  })
  return new GraphError(404, 'UnknownError', inner)
}

export function notFound(id: string): GraphError {
  return new GraphError(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  )
}
