/** Loopback server: an HTTP server that only this machine reaches. */
import { createAdaptorServer, type ServerType } from '@hono/node-server'
import type { Hono } from 'hono'
import { UsageError } from '../usage-error.ts'

const host = '127.0.0.1'

export interface LoopbackServer {
  readonly server: ServerType
  /** The address of the root, with a slash at the end. */
  readonly url: string
}

/**
 * @param port the port to serve at; undefined: the usual port, or any free port if the usual one is in use
 * @throws {UsageError} the given port is in use, or the process may not use it
 */
export async function serveOnLoopback(
  site: Hono,
  { port, usualPort }: { readonly port: number | undefined; readonly usualPort: number },
): Promise<LoopbackServer> {
  const server = createAdaptorServer({ fetch: site.fetch })
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
  const isKnown = typeof address === 'object' && address !== null
  return { server, url: `http://${host}:${isKnown ? address.port : port}/` }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') return 'the port is in use. Choose another one, or 0 for any free port'
  if (code === 'EACCES') return 'the port needs more rights. Choose a port above 1023'
  return String(error)
}
