/**
 * Window ports: gives a port to each page that asks for one, if the page belongs to the app.
 *
 * A page can ask only in a window that the app named with `serve`. By default it must be the page of the window itself,
 * with the origin of the first page there that asked.
 */
import type { Allow } from '@hearsay/port'
import type { Electron, Frame, InvokeEvent, MessagePortMain, WebContents } from './electron.ts'
import { answerChannel, connectChannel, type Refusal } from './messages.ts'

export interface WindowPortsOptions {
  readonly electron: Pick<Electron, 'ipcMain' | 'MessageChannelMain'>
  /** Whether the page in a frame of a named window may have a port. */
  readonly isOwnFrame: ((frame: Frame) => boolean) | undefined
  /** Serves a view, when the member has joined. Rejects if the member has ended. */
  readonly serve: (view: string, allow: Allow, port: () => MessagePortMain) => Promise<void>
}

/** Our choice: an app may open its windows before it starts the member, which takes up to some seconds. */
const serveWaitMs = 10_000

/** The allowed ids of views: letters, digits and dashes, as in a UUID. */
const viewForm = /^[\w-]{1,36}$/

interface ServedWindow {
  readonly number: number
  readonly allow: Allow
  /** The origin of the first page that asked. */
  origin?: string
}

export class WindowPorts {
  readonly #options: WindowPortsOptions
  readonly #windows = new WeakMap<WebContents, ServedWindow>()
  #lastNumber = 0
  /** Functions to call when the app has named another window. */
  readonly #waiting = new Set<() => void>()

  constructor(options: WindowPortsOptions) {
    this.#options = options
    const { ipcMain } = options.electron
    // Remove the handler of an earlier member, which has left.
    ipcMain.removeHandler(connectChannel)
    ipcMain.handle(connectChannel, (event, request: unknown, view: unknown) =>
      this.#answer(event, `${request}`, `${view}`),
    )
  }

  serve(contents: WebContents, allow: Allow): void {
    this.#windows.set(contents, { ...(this.#windows.get(contents) ?? { number: ++this.#lastNumber }), allow })
    for (const look of this.#waiting) look()
  }

  /** @returns undefined: the port was sent to the page */
  async #answer(
    { sender, senderFrame: frame }: InvokeEvent,
    request: string,
    view: string,
  ): Promise<Refusal | undefined> {
    const window = await this.#window(sender)
    if (!window) return refused('the main process does not serve this window: call `serve` for it')
    const isOwn = frame && this.#isOwn(frame, window) && viewForm.test(view)
    if (!isOwn) return refused(`${frame?.url} is not a page of the app`)
    try {
      // Views of different windows never have the same id, although a page may name any.
      const id = `${window.number}-${view}`
      await this.#options.serve(id, window.allow, () => this.#openChannel(frame, window, request))
      return undefined
    } catch (error) {
      return { state: 'ended', reason: error instanceof Error ? error.message : String(error) }
    }
  }

  /** @returns undefined: the app did not name the window within `serveWaitMs` */
  #window(contents: WebContents): Promise<ServedWindow | undefined> {
    return new Promise(resolve => {
      const settle = (window: ServedWindow | undefined) => {
        clearTimeout(timer)
        this.#waiting.delete(look)
        resolve(window)
      }
      const look = () => {
        const window = this.#windows.get(contents)
        if (window) settle(window)
      }
      const timer = setTimeout(settle, serveWaitMs)
      this.#waiting.add(look)
      look()
    })
  }

  /** @returns the member's end. The page has the other end. */
  #openChannel(frame: Frame, window: ServedWindow, request: string): MessagePortMain {
    const { port1, port2 } = new this.#options.electron.MessageChannelMain()
    // The page may have closed while the member joined. Then a closed port ends its view.
    if (frame.isDestroyed() || !this.#isOwn(frame, window)) port2.close()
    else frame.postMessage(answerChannel, request, [port2])
    return port1
  }

  #isOwn(frame: Frame, window: ServedWindow): boolean {
    const { isOwnFrame } = this.#options
    if (isOwnFrame) return isOwnFrame(frame)
    if (frame.parent !== null) return false
    window.origin ??= frame.origin
    return frame.origin === window.origin
  }
}

const refused = (reason: string): Refusal => ({ state: 'refused', reason })
