/// <reference lib="webworker" />
/** A worker, shared or not, that is a member: it runs the methods that its page calls. */
import { member } from './member.ts'

/** A method of the member, and its arguments. */
export type Asked = readonly [method: string, args: readonly unknown[]]
export type Answer = { readonly value: unknown } | { readonly error: unknown }

type Port = Pick<MessagePort, 'addEventListener' | 'postMessage'>

function serve(port: Port): void {
  port.addEventListener('message', async ({ data: [method, args] }: MessageEvent<Asked>) => {
    const methods = member as unknown as Record<string, (...args: readonly unknown[]) => unknown>
    const answer = async (): Promise<Answer> => ({ value: await methods[method]?.(...args) })
    port.postMessage(await answer().catch((error: unknown): Answer => ({ error })))
  })
}

const scope = globalThis as unknown as DedicatedWorkerGlobalScope | SharedWorkerGlobalScope
if ('onconnect' in scope)
  scope.onconnect = ({ ports: [port] }) => {
    if (!port) return
    serve(port)
    port.start()
  }
else serve(scope)
