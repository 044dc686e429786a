/**
 * Serve control: a local socket over which other processes of the user connect to a running member.
 *
 * A name in the folder always belongs to a socket that listens, or to a process that was killed: the socket listens under
 * another name first, and is then renamed. If a member runs twice, or starts again before its old process has ended, both
 * processes use the same name, which belongs to the socket that was created last.
 */
import { chmod, rename, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { basename, dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Cluster } from '@hearsay/core'
import { checkOptionNames, ListenError, NotRunningError } from '@hearsay/core/app'
import { type Allow, checkAllow } from '../served/rights.ts'
import {
  checkTexts,
  createFolder,
  defaultFolder,
  removeSocket,
  socketAt,
  socketPath,
} from './control-folder.ts'
import { serveConnection } from './served-connection.ts'

/** Our choice: more than a person opens, and few enough that a script in a loop does not exhaust the member. */
const maxConnections = 32
/** Our choice: how long a closing socket waits for its clients to read the last answers. */
const drainMs = 500
/** Our choice: a check costs one system call, and a user who asks again after a moment gets an answer. */
const checkMs = 10_000

/** Options of `serveControl`. */
export interface ServeControlOptions {
  /**
   * The folder of the socket. The folder is created with the mode 0700, if it is missing. Give clients the same folder. On
   * Windows, a part of the pipe's name. @default `hearsay` in `XDG_RUNTIME_DIR`, or else `hearsay-` with the user's number in
   * the system's temporary directory
   */
  readonly folder?: string
  /** The rights of clients. A client ends the member only if it asks for that right. @default everything */
  readonly allow?: Allow
}

/** A control socket. */
export interface ControlSocket {
  /** The path of the socket, or the name of the pipe. */
  readonly path: string
  /** The number of open connections. */
  readonly connections: number
  /** Ends all connections, and removes the socket, unless a later socket has its path. Idempotent. */
  close(): Promise<void>
}

/**
 * Serves a cluster to other processes of this user on this machine, such as `hearsay members`: over a Unix socket with the
 * mode 0600, on Windows over a named pipe. Those processes find the socket by `connectControl` and `listControl`. At most 32
 * connections are open at once. If the socket or its folder is removed, the member creates it again within 10 s. Close it when
 * the member has left.
 *
 * @throws {InvalidOptionsError} an option is invalid, the path is too long, or other users can write to the folder
 * @throws {NotRunningError} the cluster has not started, or was left
 * @throws {ListenError} the socket cannot be created
 */
export async function serveControl(
  cluster: Cluster,
  options: ServeControlOptions = {},
): Promise<ControlSocket> {
  checkOptionNames('serveControl', options, { folder: true, allow: true }, "{ folder: '/run/atlas' }")
  checkTexts('serveControl', { folder: options.folder })
  const { folder = defaultFolder(), allow = {} } = options
  checkAllow(allow)
  const { id, status } = cluster.self
  if (status === 'left') throw new NotRunningError('serveControl: the cluster was left')
  const path = socketPath(folder, cluster.name, id)
  const sockets = new Set<Socket>()
  const listening = async (): Promise<Listening> => {
    const server = createServer(socket => {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
      serveConnection(cluster, socket, allow)
    })
    server.maxConnections = maxConnections
    try {
      await createFolder(folder)
      await listen(server, path)
      // The socket does not keep the process running, and a connection that cannot be accepted does not end the process.
      server.unref()
      server.on('error', () => {})
      return { server, own: await socketAt(path) }
    } catch (error) {
      server.close()
      if ((error as NodeJS.ErrnoException).code === undefined) throw error
      throw new ListenError(`serveControl: cannot listen on ${path}: ${(error as Error).message}`, {
        cause: error,
      })
    }
  }
  let present = Promise.resolve(await listening())
  let closing: Promise<void> | undefined
  const check = async () => {
    if ((await socketAt(path)) !== undefined || closing) return
    const before = await present
    present = listening().then(
      after => {
        before.server.close()
        return after
      },
      () => before,
    )
  }
  // The system removes `XDG_RUNTIME_DIR` when its user logs out, also while processes of the user run.
  const timer = process.platform === 'win32' ? undefined : setInterval(check, checkMs).unref()
  return {
    path,
    get connections() {
      return sockets.size
    },
    close: () => {
      clearInterval(timer)
      closing ??= present.then(({ server, own }) => close(server, sockets, path, own))
      return closing
    },
  }
}

interface Listening {
  readonly server: Server
  /** Identifies the socket at the path. */
  readonly own: string | undefined
}

async function listen(server: Server, path: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  const isPipe = process.platform === 'win32'
  const first = isPipe ? path : join(dirname(path), `.${basename(path)}`)
  // A process that was killed may have left this socket.
  if (!isPipe) await rm(first, { force: true })
  server.listen(first, resolve)
  await promise
  if (isPipe) return
  await chmod(first, 0o600)
  await rename(first, path)
}

async function close(
  server: Server,
  sockets: ReadonlySet<Socket>,
  path: string,
  own: string | undefined,
): Promise<void> {
  server.close()
  await removeSocket(path, own)
  // Answers of this task are sent first.
  await new Promise(resolve => setImmediate(resolve))
  const ended = [...sockets].map(socket => new Promise(resolve => socket.once('close', resolve)))
  for (const socket of sockets) socket.end()
  const drained = new AbortController()
  const timeout = wait(drainMs, undefined, { signal: drained.signal, ref: false }).catch(() => {})
  await Promise.race([Promise.all(ended), timeout])
  drained.abort()
  for (const socket of sockets) socket.destroy()
}
