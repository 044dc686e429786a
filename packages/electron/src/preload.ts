/**
 * Preload: hands a port from the main process to the page, and nothing else. Built as one file for a sandboxed preload
 * script, which can load nothing but Electron.
 *
 * A port cannot cross `contextBridge`, so it is transferred with `window.postMessage`. Only the page of this frame can ask,
 * and only this page receives the port: `'/'` stands for its own origin. The main process decides whether it gets a port.
 */
import { ipcRenderer } from 'electron'
import { answerChannel, type ConnectAnswer, connectChannel, type Refusal } from './messages.ts'

function answer(
  request: string,
  state: ConnectAnswer['state'],
  reason?: string,
  ports: readonly MessagePort[] = [],
): void {
  const message: ConnectAnswer = {
    type: answerChannel,
    request,
    state,
    ...(reason !== undefined && { reason }),
  }
  window.postMessage(message, '/', [...ports])
}

window.addEventListener('message', ({ source, origin, data }) => {
  if (source !== window || origin !== window.origin) return
  if (data?.type !== connectChannel || typeof data.request !== 'string') return
  const { request, view } = data
  answer(request, 'received')
  ipcRenderer.invoke(connectChannel, request, view).then(
    (refusal: Refusal | undefined) => {
      if (refusal) answer(request, refusal.state, refusal.reason)
    },
    (error: unknown) => answer(request, 'failed', String(error)),
  )
})

ipcRenderer.on(answerChannel, ({ ports }, request) => answer(request, 'port', undefined, ports))
