/**
 * Guarded site: answers only the pages that it serves itself, in browsers on this machine.
 *
 * The Host header must name this machine, so that no other name leads here (DNS rebinding). A POST must carry the page's own
 * origin and a JSON type, which no other site in the same browser can send. No site may show the page in a frame, where it
 * could trick a visitor into clicking the page's commands.
 */
import { Hono } from 'hono'

const hostnames: readonly string[] = ['127.0.0.1', 'localhost']

export function guardedSite(): Hono {
  return new Hono()
    .use(async ({ header }, next) => {
      header('Content-Security-Policy', "frame-ancestors 'none'")
      header('X-Frame-Options', 'DENY')
      await next()
    })
    .use(async ({ req, text }, next) =>
      isThisMachine(new URL(req.url).host) ? await next() : text('not from here', 403),
    )
    .post('*', async ({ req, text }, next) => {
      if (!isOwnOrigin(req.header('Origin'), new URL(req.url).host)) return text('not from this page', 403)
      const type = req.header('Content-Type')?.split(';', 1)[0]?.trim().toLowerCase()
      return type === 'application/json' ? await next() : text('not JSON', 415)
    })
}

/** @param host the value of a Host header */
export const isThisMachine = (host: string | undefined): boolean =>
  hostnames.includes(URL.parse(`http://${host}`)?.hostname ?? '')

/** Whether a page at this host sent the request. @param origin the value of an Origin header */
export const isOwnOrigin = (origin: string | undefined, host: string | undefined): boolean =>
  origin !== undefined && origin === URL.parse(`http://${host}`)?.origin
