/**
 * Start member: the member of an Electron app, in a utility process that outlives the windows.
 *
 * The main process is a view of the member like each window, and uses the member only through this view.
 */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Cluster, JoinOptions } from '@hearsay/core'
import { checkOptionNames, InvalidOptionsError } from '@hearsay/core/app'
import { type Allow, checkAllow, connectCluster } from '@hearsay/port'
import type { Electron, Frame, PreventableEvent, WebContents } from './electron.ts'
import { loadIdentity } from './identity-file.ts'
import { MemberProcessSupervisor } from './member-process-supervisor.ts'
import { followPower, followUser } from './power.ts'
import { WindowPorts } from './window-ports.ts'

/** Options of `startMember`: those of `joinCluster`, without the places where the member stores something. */
export interface StartOptions extends Omit<JoinOptions, 'storage' | 'identity' | 'wrapKey' | 'unwrapKey'> {
  /**
   * Whether the page in a frame of a window may have a port to the member. Called for windows that the app has passed to
   * `serve`.
   *
   * @default the page of the window itself, with the origin of the first page there that connected
   */
  readonly isOwnFrame?: (frame: Frame) => boolean
  /**
   * After how long without input the member is away, in milliseconds. While it is away, or the screen is locked, it has the
   * tag `away`: `'idle'` or `'locked'`. At least 1,000.
   *
   * @default the member is never away
   */
  readonly awayAfterMs?: number
  /**
   * Called when the member's process has ended unexpectedly and is started again. The windows connect again by themselves.
   *
   * @default nothing
   */
  readonly onRestart?: (reason: Error) => void
  /**
   * The module that runs in the utility process, as a path. The module must call `runMember` of `@hearsay/electron/member`.
   * Needed if the main process is bundled together with this package.
   *
   * @default the module of this package
   */
  readonly modulePath?: string
}

/** The member of the app, in the main process. */
export interface AppMember {
  /** A view for the main process, with all rights. The `leave()` of the view ends the member, as {@link leave} does. */
  readonly cluster: Cluster
  /** Whether the system's keychain encrypts the member's private key. Otherwise only the rights of the file protect it. */
  readonly isIdentityEncrypted: boolean
  /**
   * Gives the page of a window a view of the member. Call it before the window loads its page. A later call changes the rights
   * of pages that connect after it.
   *
   * @param contents `webContents` of the window
   * @param options `allow`: what the page may do. @default everything except `leave` and `invitations`
   * @throws {InvalidOptionsError} an option is unknown, or `allow` is not valid
   */
  serve(contents: WebContents, options?: { readonly allow?: Allow }): void
  /**
   * Announces to the other members that this member leaves, for at most 2 s, and ends the member and its process. The views
   * of the windows end. This package calls it when the app quits and when the system shuts down. Idempotent.
   */
  leave(): Promise<void>
}

/** Our choice: neither quitting nor a shutdown may wait for long. Changes that were not sent by then are stored. */
const leaveTimeoutMs = 2_000

/**
 * Starts the member of the app. Call it once, before the windows are opened. Resolves when the member has joined.
 *
 * Do not await it at the top level of a module in the main process: Electron is ready only after that module was evaluated.
 *
 * The member stores its data in the folder `hearsay` of the app's `userData`.
 *
 * @param electron Electron's modules: `import * as electron from 'electron'`
 * @returns undefined if this is a second instance of the app: it should quit. The first one receives Electron's event
 *   `second-instance`
 * @throws {InvalidOptionsError} an option is unusable
 * @throws {StorageError} the storage or the identity cannot be read. Nothing was changed.
 * @throws {ListenError} the member cannot listen on an address
 */
export async function startMember(electron: Electron, options: StartOptions): Promise<AppMember | undefined> {
  const { isOwnFrame, awayAfterMs, onRestart, modulePath = ownModule, ...joinOptions } = options
  if (awayAfterMs !== undefined && !(awayAfterMs >= 1_000))
    throw new InvalidOptionsError('awayAfterMs: give at least 1,000 milliseconds')
  if (!electron.app.requestSingleInstanceLock()) return undefined
  const started = Promise.withResolvers<MemberProcessSupervisor>()
  started.promise.catch(() => {})
  const windows = new WindowPorts({
    electron,
    isOwnFrame,
    serve: async (...values) => await (await started.promise).serve(...values),
  })
  try {
    await electron.app.whenReady()
    const folder = join(electron.app.getPath('userData'), 'hearsay')
    const { identity, isEncrypted } = await loadIdentity(folder, electron.safeStorage)
    let cluster: Cluster | undefined
    const supervisor = new MemberProcessSupervisor({
      fork: () => electron.utilityProcess.fork(modulePath, [], { serviceName: 'hearsay' }),
      joinOptions: () => ({
        ...joinOptions,
        // The name and tags as the app last changed them.
        ...(cluster && { name: cluster.self.name, tags: cluster.self.tags }),
        storage: join(folder, 'store'),
        identity,
      }),
      restarting: reason => onRestart?.(reason),
    })
    await supervisor.start()
    started.resolve(supervisor)
    cluster = await connectCluster(async () => {
      const { port1, port2 } = new electron.MessageChannelMain()
      await supervisor.serve('main', { leave: true, invitations: true }, () => port1)
      return port2
    })
    return new StartedMember({ electron, supervisor, windows, cluster, isEncrypted, awayAfterMs })
  } catch (error) {
    started.reject(error)
    throw error
  }
}

interface StartedParts {
  readonly electron: Electron
  readonly supervisor: MemberProcessSupervisor
  readonly windows: WindowPorts
  readonly cluster: Cluster
  readonly isEncrypted: boolean
  readonly awayAfterMs: number | undefined
}

class StartedMember implements AppMember {
  readonly cluster: Cluster
  readonly isIdentityEncrypted: boolean
  readonly #supervisor: MemberProcessSupervisor
  readonly #windows: WindowPorts
  /** Functions that remove the listeners through which the system and the user call the view. */
  readonly #unfollow: (() => void)[]
  readonly #ignoreQuit: () => void
  #leaving: Promise<void> | undefined
  #hasLeft = false

  constructor({ electron, supervisor, windows, cluster, isEncrypted, awayAfterMs }: StartedParts) {
    const { app, powerMonitor } = electron
    this.cluster = cluster
    this.isIdentityEncrypted = isEncrypted
    this.#supervisor = supervisor
    this.#windows = windows
    const leaveAndQuit = (event: PreventableEvent | undefined) => {
      if (this.#hasLeft) return
      event?.preventDefault()
      void this.leave().then(() => app.quit())
    }
    app.on('will-quit', leaveAndQuit)
    this.#ignoreQuit = () => app.off('will-quit', leaveAndQuit)
    this.#unfollow = [
      followLeave(cluster, () => void this.leave()),
      followPower(powerMonitor, cluster, leaveAndQuit),
      ...(awayAfterMs === undefined ? [] : [followUser(powerMonitor, cluster, awayAfterMs)]),
    ]
  }

  serve(contents: WebContents, options: { readonly allow?: Allow } = {}): void {
    checkOptionNames('serve', options, { allow: true }, '{ allow: { update: false } }')
    const { allow = {} } = options
    checkAllow(allow)
    this.#windows.serve(contents, allow)
  }

  leave(): Promise<void> {
    this.#leaving ??= this.#leave()
    return this.#leaving
  }

  async #leave(): Promise<void> {
    for (const unfollow of this.#unfollow) unfollow()
    const left = this.cluster.leave().catch(() => {})
    await Promise.race([left, sleep(leaveTimeoutMs)])
    this.#hasLeft = true
    this.#ignoreQuit()
    this.#supervisor.end()
  }
}

/** A view may have the right to make the member leave. @param left called when it has @returns a function that ends this */
const followLeave = ({ members, self: { id } }: Cluster, left: () => void): (() => void) =>
  members.subscribe(() => {
    if (members.getSnapshot().find(each => each.id === id)?.status === 'left') left()
  })

const ownModule = fileURLToPath(new URL('./member-process.js', import.meta.url))
