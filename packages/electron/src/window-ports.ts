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
  readonly serve: (port: () => MessagePortMain, allow: Allow) => Promise<void>
}

interface ServedWindow {
  readonly allow: Allow
  /** The origin of the first page that asked. */
  origin?: string
}

export class WindowPorts {
  readonly #options: WindowPortsOptions
  readonly #windows = new WeakMap<WebContents, ServedWindow>()

  constructor(options: WindowPortsOptions) {
    this.#options = options
    options.electron.ipcMain.handle(connectChannel, (event, request) => this.#answer(event, `${request}`))
  }

  serve(contents: WebContents, allow: Allow): void {
    this.#windows.set(contents, { allow })
  }

  /** @returns undefined: the port is on its way */
  async #answer({ sender, senderFrame: frame }: InvokeEvent, request: string): Promise<Refusal | undefined> {
    const window = this.#windows.get(sender)
    if (!window) return refused('the main process does not serve this window: call `serve` for it')
    if (!frame || !this.#isOwn(frame, window)) return refused(`${frame?.url} is not a page of the app`)
    try {
      await this.#options.serve(() => this.#openChannel(frame, request), window.allow)
      return undefined
    } catch (error) {
      return { state: 'ended', reason: error instanceof Error ? error.message : String(error) }
    }
  }

  /** @returns the member's end. The page has the other end. */
  #openChannel(frame: Frame, request: string): MessagePortMain {
    const { port1, port2 } = new this.#options.electron.MessageChannelMain()
    // A page that is gone leaves a closed port to the member, which ends its view.
    if (frame.isDestroyed()) port2.close()
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
