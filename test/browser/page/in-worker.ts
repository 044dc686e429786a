/// <reference lib="dom" />
/** With `#worker` or `#shared-worker`, the member of this page runs in a worker. */
import type { Answer } from './worker.ts'

const ports: Readonly<Record<string, () => Worker | MessagePort>> = {
  '#worker': () => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }),
  '#shared-worker': () => new SharedWorker(new URL('./worker.ts', import.meta.url), { type: 'module' }).port,
}

const port = ports[location.hash]?.()
if (port) {
  const ask =
    (method: string) =>
    (...args: unknown[]) =>
      new Promise((resolve, reject) => {
        port.onmessage = ({ data }: MessageEvent<Answer>) =>
          'error' in data ? reject(data.error) : resolve(data.value)
        port.postMessage([method, args])
      })
  Object.assign(globalThis, { member: new Proxy({}, { get: (_, method) => ask(String(method)) }) })
}
