/**
 * Control folder: the folder of the members' control sockets, and the name of each socket.
 *
 * Only the user and root can open the sockets: the folder belongs to the user and has the mode 0700. The name of a socket is a
 * hash of the cluster's name, followed by the end of the member's id, so its length does not depend on either. On Windows, the
 * sockets are named pipes, which all lie in one folder of the system.
 */
import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { lstat, readdir, rm } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { InvalidOptionsError } from '@hearsay/core/app'
import { makeFolder } from '@hearsay/core/node'

/**
 * The path of a Unix socket has at most 108 bytes on Linux and 104 on macOS, with a zero at the end. `serveControl` adds a
 * dot at first.
 */
const maxPathBytes = 102
const pipes = '\\\\.\\pipe\\'
const isWindows = process.platform === 'win32'
const ending = '.sock'
/** The name of a socket: the hash, a dash, the end of the id and the ending. */
const nameBytes = 16 + 1 + 8 + ending.length

/**
 * The folder of this user: `hearsay` in `XDG_RUNTIME_DIR`, if that is the user's and the path of a socket there is not too long,
 * or else one in the system's temporary directory. On Windows it is the common prefix of the names of the user's pipes.
 */
export function defaultFolder(): string {
  if (isWindows) return `hearsay-${hash(userInfo().username)}`
  const runtime = process.env['XDG_RUNTIME_DIR'] ?? ''
  const own = join(runtime, 'hearsay')
  return isAbsolute(runtime) && isOwnFolder(runtime) && hasRoom(own)
    ? own
    : join(tmpdir(), `hearsay-${process.getuid?.()}`)
}

/** After `su`, it may be the folder of another user, which this user may not even read. */
function isOwnFolder(path: string): boolean {
  try {
    const stats = statSync(path)
    return stats.isDirectory() && stats.uid === process.getuid?.()
  } catch {
    return false
  }
}

/** Whether the path of a socket in this folder is short enough. */
const hasRoom = (folder: string): boolean => Buffer.byteLength(folder) + 1 + nameBytes <= maxPathBytes

/** Checks options that are texts. @throws {InvalidOptionsError} the message begins with `call` and the option */
export function checkTexts(call: string, options: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(options))
    if (value !== undefined && (typeof value !== 'string' || value === '' || value.includes('\0')))
      throw new InvalidOptionsError(`${call}: ${name}: give a text of at least one character`)
}

/**
 * Creates the folder, if it is missing.
 *
 * @throws {InvalidOptionsError} other users could open the sockets, or replace them
 */
export async function createFolder(folder: string): Promise<void> {
  if (isWindows) return
  await makeFolder(folder)
  await checkFolder(folder)
}

/** The path of a member's socket. @throws {InvalidOptionsError} the path is too long */
export function socketPath(folder: string, cluster: string, id: string): string {
  const name = `${hash(cluster)}-${id.slice(-shortIdLength)}`
  if (isWindows) return `${pipes}${folder}-${name}`
  const path = join(folder, `${name}${ending}`)
  if (Buffer.byteLength(path) > maxPathBytes) throw tooLong(path)
  return path
}

const tooLong = (path: string): InvalidOptionsError =>
  new InvalidOptionsError(
    `folder: the path of a control socket has at most ${maxPathBytes} bytes, and this has more: ${path}. Choose a folder with a shorter path`,
  )

/**
 * The paths of all sockets in the folder, or of those of one cluster. A socket may belong to a process that has ended.
 *
 * Root may give a folder that belongs to another user, such as the user of a service. Root's default folder must belong to
 * root, because another user could have created it.
 *
 * @returns none if there is no such folder
 * @throws {InvalidOptionsError} other users could have created the sockets, or the path is too long
 */
export async function socketPaths(folder: string, cluster: string | undefined): Promise<string[]> {
  const start = cluster === undefined ? '' : `${hash(cluster)}-`
  if (isWindows) {
    const names = await readdir(pipes)
    return names.filter(name => name.startsWith(`${folder}-${start}`)).map(name => pipes + name)
  }
  try {
    await checkFolder(folder, isRoot() && folder !== defaultFolder())
    const names = await readdir(folder)
    return names
      .filter(name => name.startsWith(start) && /^[0-9a-f]/.test(name) && name.endsWith(ending))
      .sort()
      .map(name => join(folder, name))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return []
    throw code === 'ENAMETOOLONG' ? tooLong(folder) : error
  }
}

/**
 * In a directory that all users can write to, another user may have created the folder.
 *
 * @param isOfAnyUser whether the folder may belong to another user, who then controls its sockets
 */
async function checkFolder(folder: string, isOfAnyUser = false): Promise<void> {
  const found = await lstat(folder)
  const isOwn = found.isDirectory() && (isOfAnyUser || found.uid === process.getuid?.())
  if (!isOwn || (found.mode & 0o077) !== 0)
    throw new InvalidOptionsError(
      `folder: ${folder} must be a folder of this user with the mode 0700, because a process that can open a control socket controls the member. Run chmod 700 on it, or name a folder that does not exist yet`,
    )
}

const isRoot = (): boolean => process.getuid?.() === 0

/**
 * Identifies the socket at `path` now. A member that starts again puts a new socket there.
 *
 * @returns undefined if there is none
 */
export async function socketAt(path: string): Promise<string | undefined> {
  if (isWindows) return undefined
  const found = await lstat(path, { bigint: true }).catch(() => undefined)
  return found && `${found.dev} ${found.ino} ${found.ctimeNs}`
}

/** Removes the path if it still belongs to this socket. */
export async function removeSocket(path: string, socket: string | undefined): Promise<void> {
  if (socket !== undefined && (await socketAt(path)) === socket) await rm(path, { force: true })
}

/** The command line shows as many characters of an id. */
const shortIdLength = 8

/** 16 hexadecimal digits. */
const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)
