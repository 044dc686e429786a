/** The server of `hearsay page`: who gets an answer, and what the page may change. */
import { request as httpRequest } from 'node:http'
import type { Cluster } from '@hearsay/core'
import { webSocketPort } from '@hearsay/page/web-socket-port'
import { connectCluster, contractVersion, type Port } from '@hearsay/port'
import { createSimulation } from '@hearsay/simulator'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type MemberPage, serveMemberPage } from '../src/page/serve.ts'

const json = 'application/json'

let view: Cluster | undefined
let ended: () => void
let left: number
let pages: MemberPage[]
let sockets: WebSocket[]

beforeEach(() => {
  view = createSimulation({ seed: 1, members: 3, start: 'warm' }).member('m0').cluster
  left = 0
  pages = []
  sockets = []
})

afterEach(() => {
  for (const socket of sockets) socket.terminate()
  for (const page of pages) page.close()
})

async function serve(isWritable = false): Promise<URL> {
  const member = {
    get view() {
      return view
    },
    onEnd(listener: () => void) {
      ended = listener
    },
    async leave() {
      left += 1
    },
  }
  const page = await serveMemberPage(member, { isWritable, port: 0 })
  pages.push(page)
  return new URL(page.url)
}

interface Answer {
  readonly status: number | undefined
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
}

/** Sends any Host and Origin, as `fetch` does not. */
function ask(url: URL, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers, agent: false }, response => {
      let text = ''
      response.setEncoding('utf8').on('data', part => (text += part))
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }))
    })
    request.on('error', reject).end()
  })
}

/** @returns the open socket, or the status with which it was refused */
function open(url: URL, headers: Record<string, string>): Promise<WebSocket | number | undefined> {
  const socket = new WebSocket(url, { headers })
  sockets.push(socket)
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve(socket))
    socket.on('unexpected-response', (_, { statusCode }) => resolve(statusCode))
    socket.on('error', reject)
  })
}

async function connect(root: URL): Promise<Cluster> {
  const socket = await open(new URL('view', root), { origin: root.origin })
  return connectCluster(webSocketPort(socket as unknown as Parameters<typeof webSocketPort>[0]))
}

describe('an address', () => {
  it('has a token of 192 random bits', async () => {
    const [one, two] = [await serve(), await serve()]
    expect(one.pathname).toMatch(/^\/[\w-]{32}\/$/)
    expect(one.pathname).not.toBe(two.pathname)
    expect(one.hostname).toBe('127.0.0.1')
  })

  it.each(['/', '/about', '/member.html', '/x/about', '/view'])(
    'is refused without its token: %s',
    async path => {
      const root = await serve()
      expect((await ask(new URL(path, root.origin))).status).toBe(403)
    },
  )

  it('is refused with another token, and with a part of it', async () => {
    const root = await serve()
    for (const token of [root.pathname.slice(1, -2), 'a'.repeat(32), `${root.pathname.slice(1, -1)}a`])
      expect((await ask(new URL(`/${token}/about`, root.origin))).status).toBe(403)
    expect(await ask(new URL('about', root))).toMatchObject({ status: 200, text: '{"isWritable":false}' })
  })

  it.each(['evil.example', 'evil.example:7401', '127.0.0.1.evil.example', '192.168.1.7:7401', 'localhost.'])(
    'is refused if another name leads to this machine: %s',
    async host => {
      const root = await serve(true)
      expect((await ask(new URL('about', root), { host })).status).toBe(403)
      const headers = { host, origin: `http://${host}`, 'content-type': json }
      expect((await ask(new URL('leave', root), headers, 'POST')).status).toBe(403)
      expect(await open(new URL('view', root), { host, origin: `http://${host}` })).toBe(403)
      expect(left).toBe(0)
    },
  )

  it.each(['https://evil.example', 'http://127.0.0.1:1', 'null'])(
    'is refused to pages of another origin: %s',
    async origin => {
      const root = await serve(true)
      expect((await ask(new URL('about', root), { origin })).status).toBe(403)
      expect((await ask(new URL('leave', root), { origin, 'content-type': json }, 'POST')).status).toBe(403)
      expect(await open(new URL('view', root), { origin })).toBe(403)
      expect(left).toBe(0)
    },
  )

  it('cannot be shown in a frame, and is not sent to other sites', async () => {
    const root = await serve()
    for (const path of ['', 'about', 'missing', '../']) {
      const { headers } = await ask(new URL(path, root))
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
      expect(headers).toMatchObject({
        'x-frame-options': 'DENY',
        'referrer-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'cache-control': 'no-store',
      })
    }
  })
})

describe('a view over a WebSocket', () => {
  it('is refused without an origin, without the token, and at other paths', async () => {
    const root = await serve()
    const { origin } = root
    expect(await open(new URL('view', root), {})).toBe(403)
    expect(await open(new URL('/view', root), { origin })).toBe(403)
    expect(await open(new URL('about', root), { origin })).toBe(404)
  })

  it('shows what the member sees', async () => {
    const cluster = await connect(await serve())
    expect(cluster.members.getSnapshot()).toEqual(view?.members.getSnapshot())
    expect(cluster.health.getSnapshot()).toEqual(view?.health.getSnapshot())
    const { id = '' } = cluster.members.getSnapshot().at(-1) ?? {}
    expect(await cluster.explain(id)).toEqual(await view?.explain(id))
  })

  it('changes nothing without --write, and lets no one leave', async () => {
    const root = await serve()
    const cluster = await connect(root)
    expect(() => cluster.update({ name: 'eve' })).toThrow(/may not/)
    expect(() => cluster.suspend()).toThrow(/may not/)
    await expect(cluster.invite()).rejects.toThrow(/may not/)
    await expect(cluster.revoke(cluster.self.id)).rejects.toThrow(/may not/)
    await expect(cluster.room('design')).rejects.toThrow(/may not/)
    await expect(cluster.config('flags')).rejects.toThrow(/may not/)
    const headers = { origin: root.origin, 'content-type': json }
    expect((await ask(new URL('leave', root), headers, 'POST')).status).toBe(403)
    await cluster.leave()
    expect(left).toBe(0)
    expect(view?.self).toMatchObject({ name: 'm0', status: 'alive' })
  })

  it('refuses changes of a page that calls without asking for its rights', async () => {
    const root = await serve()
    const socket = (await open(new URL('view', root), { origin: root.origin })) as WebSocket
    const port = webSocketPort(socket as unknown as Parameters<typeof webSocketPort>[0])
    const call = (m: string, ...a: unknown[]) => calls(port, m, a)
    expect(await call('connect', contractVersion, 0)).toMatchObject({ value: { version: contractVersion } })
    const broadcasts: unknown[] = []
    view?.events.addEventListener('broadcast', ({ detail }) => broadcasts.push(detail))
    for (const [name, ...values] of [
      ['update', { name: 'eve' }],
      ['suspend'],
      ['resume'],
      ['invite'],
      ['revoke', view?.self.id],
      ['renew', 'hearsay1.x'],
      ['openRoom', 1, 'design'],
      ['openConfig', 2, 'flags', {}],
      ['query', 1, 'restart', null, {}],
      ['answerQueries', 'restart', true],
      ['broadcastToAll', 'deploy', 'v3'],
    ] as const)
      expect(await call(name, ...values), name).toMatchObject({ error: { name: 'NotAllowedError' } })
    await call('leave')
    expect(view?.self).toMatchObject({ name: 'm0', status: 'alive' })
    expect(broadcasts).toEqual([])
  })

  it('changes the name and the tags with --write, and enters no room', async () => {
    const root = await serve(true)
    const cluster = await connect(root)
    cluster.update({ name: 'ada', tags: { role: 'host' } })
    await expect.poll(() => view?.self).toMatchObject({ name: 'ada', tags: { role: 'host' } })
    // The member decides: it has no authority.
    await expect(cluster.invite()).rejects.toThrow(/authority/)
    await expect(cluster.room('design')).rejects.toThrow(/may not/)
    await cluster.leave()
    expect(view?.self.status).toBe('alive')
    const headers = { origin: root.origin, 'content-type': json }
    expect((await ask(new URL('leave', root), { 'content-type': json }, 'POST')).status).toBe(403)
    expect((await ask(new URL('leave', root), { origin: root.origin }, 'POST')).status).toBe(415)
    expect(left).toBe(0)
    expect((await ask(new URL('leave', root), headers, 'POST')).status).toBe(204)
    expect(left).toBe(1)
  })

  it('ends with its member, and is refused until the next one runs', async () => {
    const root = await serve()
    const headers = { origin: root.origin }
    const socket = (await open(new URL('view', root), headers)) as WebSocket
    const closed = new Promise(resolve => socket.on('close', resolve))
    const running = view
    view = undefined
    ended()
    await closed
    expect(await open(new URL('view', root), headers)).toBe(503)
    view = running
    expect(await open(new URL('view', root), headers)).toBeInstanceOf(WebSocket)
  })

  it('is refused to more than 16 tabs', async () => {
    const root = await serve()
    const headers = { origin: root.origin }
    for (let i = 0; i < 16; i++) expect(await open(new URL('view', root), headers)).toBeInstanceOf(WebSocket)
    expect(await open(new URL('view', root), headers)).toBe(503)
  })

  it.each([
    ['no binary frame', 'hello'],
    ['a frame that cannot be read', Buffer.from([1, 2, 3])],
    ['a list that is too deep', Buffer.alloc(60_000, Buffer.from([117, 1]))],
    ['a frame that is too long', Buffer.alloc(70_000)],
  ])('ends at %s, and others go on', async (_, frame) => {
    const root = await serve()
    const other = await connect(root)
    const socket = (await open(new URL('view', root), { origin: root.origin })) as WebSocket
    const closed = new Promise(resolve => socket.on('close', resolve))
    socket.send(frame)
    await closed
    await expect(other.explain(other.self.id)).resolves.toMatchObject({ id: other.self.id })
  })
})

/** Calls the member's side as birpc does. */
function calls(port: Port, m: string, a: readonly unknown[]): Promise<unknown> {
  const i = `${m} ${Math.random()}`
  return new Promise(resolve => {
    port.addEventListener?.('message', event => {
      const { data } = event as MessageEvent
      if (data.t === 's' && data.i === i) resolve(data.r)
    })
    port.postMessage({ t: 'q', i, m, a })
  })
}
