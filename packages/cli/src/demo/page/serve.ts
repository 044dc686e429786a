/**
 * Serves the page to browsers on this machine, and answers the requests that the page sends to the demo.
 *
 * Only the page itself may send requests: the Host header must name this machine, and commands must carry the page's own
 * origin and a JSON type, which no other site in the same browser can send. No site may show the page in a frame, where a
 * visitor could be made to click its commands.
 */
import { fileURLToPath } from 'node:url'
import { paths } from '@hearsay/page/contract'
import { createAdaptorServer } from '@hono/node-server'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import { type SSEStreamingApi, streamSSE } from 'hono/streaming'
import { UsageError } from '../../usage-error.ts'
import type { Processes } from './process-control.ts'

export interface Page {
  readonly url: string
  close(): void
}

const host = '127.0.0.1'
const usualPort = 7400
/** The build of the CLI copies the files of the page to the folder `page` beside the CLI's bundle. */
const files = fileURLToPath(new URL('./page', import.meta.url))
const statuses = { done: 204, unknown: 404, 'not now': 409 } as const

/**
 * @param port the port to serve at; undefined: the default port, or any free port if the default is in use
 * @throws {UsageError} the given port is in use, or the process may not use it
 */
export async function servePage(processes: Processes, port: number | undefined): Promise<Page> {
  const server = createAdaptorServer({ fetch: site(processes).fetch })
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, host, resolve)
    })
  try {
    await listen(port ?? usualPort)
  } catch (error) {
    if (port !== undefined) throw new UsageError(`--port ${port}: ${reasonOf(error)}`)
    await listen(0)
  }
  const address = server.address()
  return {
    url: `http://${host}:${typeof address === 'object' && address !== null ? address.port : port}/`,
    close: () => server.close(),
  }
}

/** The answers of the page's server. */
export function site(processes: Processes): Hono {
  return new Hono()
    .use(async ({ header }, next) => {
      header('Content-Security-Policy', "frame-ancestors 'none'")
      header('X-Frame-Options', 'DENY')
      await next()
    })
    .use(async ({ req, text }, next) => {
      const { hostname } = new URL(req.url)
      return hostname === host || hostname === 'localhost' ? await next() : text('not from here', 403)
    })
    .post('*', async ({ req, text }, next) => {
      if (req.header('Origin') !== new URL(req.url).origin) return text('not from this page', 403)
      const type = req.header('Content-Type')?.split(';', 1)[0]?.trim().toLowerCase()
      return type === 'application/json' ? await next() : text('not JSON', 415)
    })
    .get(paths.state, context => streamSSE(context, stream => streamState(processes, stream)))
    .post(paths.command(':name', ':order'), async ({ req, body }) =>
      body(null, statuses[await processes.execute(req.param('name'), req.param('order'))]),
    )
    .use(serveStatic({ root: files }))
}

/** Sends the state now and at each change, until the page disconnects. */
async function streamState(processes: Processes, stream: SSEStreamingApi): Promise<void> {
  const tell = () => void stream.writeSSE({ data: JSON.stringify(processes.state) })
  tell()
  const stop = processes.watch(tell)
  await new Promise<void>(resolve => stream.onAbort(resolve))
  stop()
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') return 'the port is in use. Choose another one, or 0 for any free port'
  if (code === 'EACCES') return 'the port needs more rights. Choose a port above 1023'
  return String(error)
}
