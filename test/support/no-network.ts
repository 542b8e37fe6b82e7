// Every test file loads this: a connection to anything but the loopback interface fails the test.
import net from 'node:net'
import { afterEach, expect } from 'vitest'

const outside: string[] = []

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.') || host === '::ffff:127.0.0.1'
}

const connect = net.Socket.prototype.connect
net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]): net.Socket {
  const first = Array.isArray(args[0]) ? (args[0] as unknown[])[0] : args[0]
  const options =
    typeof first === 'object' && first !== null
      ? (first as net.TcpNetConnectOpts & { path?: string })
      : undefined
  const host = options ? options.host : typeof args[1] === 'string' ? args[1] : undefined
  const isLocalSocket = typeof first === 'string' || options?.path !== undefined
  if (!isLocalSocket && host !== undefined && !isLoopback(host)) {
    outside.push(host)
    queueMicrotask(() => this.destroy(new Error(`a test tried to reach ${host}; tests stay on loopback`)))
    return this
  }
  return Reflect.apply(connect, this, args)
} as typeof connect

afterEach(() => {
  const seen = outside.splice(0)
  expect(seen, 'outbound connections beyond loopback').toEqual([])
})
