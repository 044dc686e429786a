/**
 * Serves the page to browsers on this machine, and answers the requests that the page sends to the demo.
 *
 * Only the page itself may send requests: see `guarded-site.ts`.
 */
import { paths } from '@hearsay/page/contract'
import { serveStatic } from '@hono/node-server/serve-static'
import type { Hono } from 'hono'
import { type SSEStreamingApi, streamSSE } from 'hono/streaming'
import { guardedSite } from '../../http/guarded-site.ts'
import { serveOnLoopback } from '../../http/loopback-server.ts'
import { pageFiles } from '../../http/page-files.ts'
import { usualPort } from '../options.ts'
import type { Processes } from './process-control.ts'

export interface Page {
  readonly url: string
  close(): void
}

const statuses = { done: 204, unknown: 404, 'not now': 409 } as const

/**
 * @param port the port to serve at; undefined: the default port, or any free port if the default is in use
 * @throws {UsageError} the given port is in use, or the process may not use it
 */
export async function servePage(processes: Processes, port: number | undefined): Promise<Page> {
  const { server, url } = await serveOnLoopback(site(processes), { port, usualPort })
  return { url, close: () => server.close() }
}

/** The answers of the page's server. */
export function site(processes: Processes): Hono {
  return guardedSite()
    .get(paths.state, context => streamSSE(context, stream => streamState(processes, stream)))
    .post(paths.command(':name', ':order'), async ({ req, body }) =>
      body(null, statuses[await processes.execute(req.param('name'), req.param('order'))]),
    )
    .use(serveStatic({ root: pageFiles }))
}

/** Sends the state now and at each change, until the page disconnects. */
async function streamState(processes: Processes, stream: SSEStreamingApi): Promise<void> {
  const send = () => void stream.writeSSE({ data: JSON.stringify(processes.state) })
  send()
  const stop = processes.watch(send)
  await new Promise<void>(resolve => stream.onAbort(resolve))
  stop()
}
