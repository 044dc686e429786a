/** Page port: asks the main process for a port to the member, through the preload script of the window. */
import { NotAllowedError, NotRunningError } from '@hearsay/core/app'
import type { Port } from '@hearsay/port'
import { answerChannel, type ConnectAnswer, type ConnectRequest, connectChannel } from './messages.ts'

/** The window of the page. */
export type PageWindow = Pick<Window, 'origin' | 'postMessage' | 'addEventListener' | 'removeEventListener'>

/** Our choice: a preload script answers within milliseconds, unless the page is busy. */
const preloadWaitMs = 5_000
/** Our choice: the main process may start the member after its windows. */
const retryMs = 250

/**
 * Resolves with a port when the member has joined.
 *
 * @param view id of the page's view
 * @throws {NotAllowedError} the page may not have a port
 * @throws {NotRunningError} the window has no preload script of this package, or the member has ended
 */
export async function openPagePort(window: PageWindow, view: string): Promise<Port> {
  for (;;) {
    const port = await askForPort(window, view)
    if (port) return port
    await new Promise(resolve => setTimeout(resolve, retryMs))
  }
}

/** @returns undefined: the main process is not ready */
function askForPort(window: PageWindow, view: string): Promise<Port | undefined> {
  const request = crypto.randomUUID()
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      clearTimeout(unanswered)
      window.removeEventListener('message', answered)
      act()
    }
    const unanswered = setTimeout(() => {
      const reason = 'connectToMember: load @hearsay/electron/preload in the preload script of this window'
      settle(() => reject(new NotRunningError(reason)))
    }, preloadWaitMs)
    const answered = ({ source, origin, data, ports }: MessageEvent) => {
      if (source !== window || origin !== window.origin) return
      if (data?.type !== answerChannel || data.request !== request) return
      const { state, reason } = data as ConnectAnswer
      switch (state) {
        case 'received':
          return clearTimeout(unanswered)
        case 'port':
          return settle(() => resolve(ports[0]))
        case 'refused':
          return settle(() => reject(new NotAllowedError(`connectToMember: ${reason}`)))
        case 'ended':
          return settle(() => reject(new NotRunningError(`connectToMember: ${reason}`)))
        case 'failed':
          return settle(() => resolve(undefined))
      }
    }
    window.addEventListener('message', answered)
    window.postMessage({ type: connectChannel, request, view } satisfies ConnectRequest, '/')
  })
}
