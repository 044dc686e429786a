/**
 * Settled calls: the calls of the member's side, each of which settles although the port closes.
 *
 * No answer arrives after the port has closed. So the open calls, and all later ones, are then answered with an error here.
 */
import type { Answer } from '../answer.ts'
import type { RemoteMember } from '../contract.ts'

export interface SettledCalls {
  readonly member: RemoteMember
  /** The port has closed. @param reason in words, for people */
  end(reason: string): void
}

export function settledCalls(remote: RemoteMember): SettledCalls {
  const open = new Set<(answer: Answer<never>) => void>()
  let ended: Answer<never> | undefined
  const member = new Proxy(remote, {
    get:
      (_, name: keyof RemoteMember) =>
      (...values: never[]) =>
        new Promise((resolve, reject) => {
          if (ended) return resolve(ended)
          open.add(resolve)
          const call = remote[name] as (...values: never[]) => Promise<unknown>
          call(...values)
            .then(resolve, reject)
            .finally(() => open.delete(resolve))
        }),
  })
  return {
    member,
    end(reason) {
      ended ??= { error: { name: 'NotRunningError', message: `the view has ended: ${reason}` } }
      for (const resolve of open) resolve(ended)
      open.clear()
    },
  }
}
