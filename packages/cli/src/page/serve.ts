/**
 * Serves the page of a member, and a view of the member over a WebSocket.
 *
 * Each address begins with a random token, which other users of this machine and other sites in the same browser do not know.
 * The server answers no request without it. The server refuses a WebSocket unless the page itself opens it. Without
 * `isWritable`, it refuses each call that changes the member or sends a message in its name, even if the page is modified.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type About, memberPaths } from '@hearsay/page/member-contract'
import { webSocketPort } from '@hearsay/page/web-socket-port'
import { type Allow, serveCluster } from '@hearsay/port'
import { serveStatic } from '@hono/node-server/serve-static'
import type { Hono } from 'hono'
import { type WebSocket, WebSocketServer } from 'ws'
import { guardedSite, isOwnOrigin, isThisMachine } from '../http/guarded-site.ts'
import { serveOnLoopback } from '../http/loopback-server.ts'
import { pageFiles } from '../http/page-files.ts'
import type { AttachedMember } from './attached-member.ts'
import { usualPort } from './options.ts'

/** Our choice: 192 bits, which nobody can guess. */
const tokenBytes = 24
/** Our choice: more tabs than a person keeps open. */
const maxTabs = 16
/** Our choice: the calls of a view that has neither rooms nor configs are short. */
const maxCallBytes = 65_536
/** The address of a page contains its token, so browsers must not send it to other sites, and must not cache the page. */
const headers = {
  'Cache-Control': 'no-store',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
} as const
const policy =
  "default-src 'self'; base-uri 'none'; form-action 'none'; object-src 'none'; frame-ancestors 'none'"

export interface MemberPage {
  /** With its token. */
  readonly url: string
  close(): void
}

/** The parts of the attached member that are served. */
export type ServedMember = Pick<AttachedMember, 'view' | 'onEnd' | 'leave'>

export interface MemberPageOptions {
  /** Whether the page may change the member. */
  readonly isWritable: boolean
  readonly port: number | undefined
}

/** @throws {UsageError} the given port is in use, or the process may not use it */
export async function serveMemberPage(
  member: ServedMember,
  { isWritable, port }: MemberPageOptions,
): Promise<MemberPage> {
  const token = randomBytes(tokenBytes).toString('base64url')
  const { server, url } = await serveOnLoopback(memberSite(member, token, isWritable), { port, usualPort })
  const tabs = new WebSocketServer({ noServer: true, maxPayload: maxCallBytes })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => {})
    const status = refusalOf(request, token) ?? (isFull(member, tabs) ? 503 : undefined)
    if (status !== undefined) socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\n\r\n`)
    else tabs.handleUpgrade(request, socket, head, tab => serveTab(member, tab, isWritable))
  })
  member.onEnd(() => {
    for (const tab of tabs.clients) tab.terminate()
  })
  return {
    url: `${url}${token}/`,
    close() {
      for (const tab of tabs.clients) tab.terminate()
      server.close()
    },
  }
}

/** The answers of the page's server, except those over WebSockets. */
export function memberSite(member: Pick<ServedMember, 'leave'>, token: string, isWritable: boolean): Hono {
  const root = `/${token}/`
  const site = guardedSite()
  site
    .use(async ({ req, text, header }, next) => {
      for (const [name, value] of Object.entries(headers)) header(name, value)
      const { host } = new URL(req.url)
      header('Content-Security-Policy', `${policy}; connect-src 'self' ws://${host}`)
      const origin = req.header('Origin')
      if (origin !== undefined && !isOwnOrigin(origin, host)) return text('not from this page', 403)
      return hasToken(req.path, token) ? await next() : text(noToken, 403)
    })
    .get(root.slice(0, -1), ({ redirect }) => redirect(root))
    .get(root + memberPaths.about, ({ json }) => json({ isWritable } satisfies About))
    .post(root + memberPaths.leave, async ({ body, text }) => {
      if (!isWritable) return text('the page may not change the member: start hearsay page --write', 403)
      await member.leave()
      return body(null, 204)
    })
    .use(
      serveStatic({
        root: pageFiles,
        rewriteRequestPath: path => (path === root ? '/member.html' : path.slice(root.length - 1)),
      }),
    )
  return site
}

const noToken = 'This address lacks its token. Open the one that hearsay page has printed.\n'

/** The status that refuses a WebSocket; undefined: the WebSocket is accepted. */
export function refusalOf({ headers, url = '' }: IncomingMessage, token: string): 403 | 404 | undefined {
  const { host, origin } = headers
  const path = url.split('?', 1)[0] ?? ''
  if (!isThisMachine(host) || !isOwnOrigin(origin, host) || !hasToken(path, token)) return 403
  return path === `/${token}/${memberPaths.view}` ? undefined : 404
}

function hasToken(path: string, token: string): boolean {
  const [given, expected] = [path.split('/', 2)[1] ?? '', token].map(text => Buffer.from(text))
  return given?.length === expected?.length && timingSafeEqual(given as Buffer, expected as Buffer)
}

/** Whether a further tab must be refused now. */
const isFull = ({ view }: ServedMember, { clients }: WebSocketServer): boolean =>
  view === undefined || clients.size >= maxTabs

function serveTab({ view }: ServedMember, tab: WebSocket, isWritable: boolean): void {
  tab.on('error', () => tab.terminate())
  if (!view) tab.terminate()
  else
    serveCluster(view, webSocketPort(tab), {
      allow: { ...readOnly, update: isWritable, invitations: isWritable },
    })
}

/**
 * Lists each right by its name, so that a new right is not granted by default. The page sends no queries. A view of a room or
 * config would make the member enter it, so the page only sees its name and which members have the same content.
 */
const readOnly: Required<Allow> = {
  update: false,
  leave: false,
  queries: false,
  invitations: false,
  rooms: { '*': 'list' },
  configs: { '*': 'list' },
}
