// restify, brought in at one place: it changes the prototypes of node:http for the whole process when it loads.
import http from 'node:http'
import restify from 'restify'
import type { Telemetry } from '../telemetry.ts'

export type RestifyServer = ReturnType<typeof restify.createServer>

// Its writeHead returns nothing, so `res.writeHead(…).end()` of any other server in the process would break. It keeps
// the native one under this name; the event it adds is of no use to us.
const response = http.ServerResponse.prototype as http.ServerResponse & {
  _writeHead?: http.ServerResponse['writeHead']
}
if (response._writeHead) response.writeHead = response._writeHead

/** No name, so no Server header. */
export function createRestifyServer(telemetry: Telemetry): RestifyServer {
  return restify.createServer({ name: '', log: telemetry.log as never })
}
