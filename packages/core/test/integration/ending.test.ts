import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { execArgv } from '../../../../test/helpers/exec-argv.ts'
import type { JoinOptions } from '../../src/libp2p/join-options.ts'
import { loopback } from './members.ts'

const script = fileURLToPath(new URL('./ending-process.ts', import.meta.url))

let child: ChildProcess
const servers: Server[] = []

afterEach(() => {
  child.kill('SIGKILL')
  for (const server of servers.splice(0)) server.close()
})

/** A process whose member leaves when stdin ends, and its output until it ends by itself. */
function start(options: Partial<JoinOptions>) {
  const all = { cluster: 'ending', listen: [loopback], mdns: false, ...options }
  const process_ = spawn(process.execPath, [...execArgv, script, JSON.stringify(all)])
  child = process_
  return { stdin: process_.stdin, left: text(process_.stdout), errors: text(process_.stderr) }
}

async function portOf(server: Server): Promise<number> {
  servers.push(server)
  // Data that is not read must not keep a server of a test open.
  server.on('connection', socket => socket.on('error', () => {}).unref())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return (server.address() as AddressInfo).port
}

/** Accepts the WebSocket, and sends nothing over it. */
function silentWebSocketServer(): Server {
  const server = createHttpServer()
  server.on('upgrade', ({ headers }, socket) => {
    const accept = createHash('sha1')
      .update(`${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64')
    const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade']
    socket.write([...lines, `Sec-WebSocket-Accept: ${accept}`, '', ''].join('\r\n'))
  })
  return server
}

describe('a process whose member has left', () => {
  it.each([
    ['accepts and sends nothing', () => createServer(), ''],
    ['accepts and answers no request for a WebSocket', () => createServer(), '/ws'],
    ['accepts a WebSocket and sends nothing over it', silentWebSocketServer, '/ws'],
  ])('ends immediately although its bootstrap %s', async (_, create, protocol) => {
    const server = create()
    const port = await portOf(server)
    const { stdin, left } = start({ bootstrap: [`/ip4/127.0.0.1/tcp/${port}${protocol}`] })
    await once(server, 'connection')
    stdin.end()
    expect(await left).toBe('nothing\n')
  })

  it('ends immediately although it never joined', async () => {
    const port = await portOf(createServer())
    const { left, errors } = start({ listen: [loopback, `/ip4/127.0.0.1/tcp/${port}`] })
    expect(await errors).toBe('ListenError\n')
    expect(await left).toBe('nothing\n')
  })
})

it('a bootstrap address is dialled once at a time, and a failed dial leaves no socket open', async () => {
  const server = createServer()
  const port = await portOf(server)
  const { stdin, left } = start({ bootstrap: [`/ip4/127.0.0.1/tcp/${port}/ws`] })
  let open = 0
  let most = 0
  server.on('connection', socket => {
    most = Math.max(most, ++open)
    socket.resume().on('close', () => {
      open -= 1
    })
  })
  for (let dials = 0; dials < 2; dials++) await once(server, 'connection')
  stdin.end()
  expect(await left).toBe('nothing\n')
  expect(most).toBe(1)
})
