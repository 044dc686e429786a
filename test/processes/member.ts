/** Member: a child that tells of others line by line, and says once that it is ready. */
import { startChild } from './process.ts'
import type { Member, Ready } from './subject.ts'

/** `read` looks at one line: the address, if the line says "ready". */
export function startMember(
  name: string,
  program: string,
  args: readonly string[],
  read: (line: string) => string | undefined,
): Member {
  const startedAtMs = performance.now()
  const { promise: ready, resolve, reject } = Promise.withResolvers<Ready>()
  const said: string[] = []
  let isReady = false
  const child = startChild(program, args, line => {
    if (!isReady) said.push(line)
    const address = read(line)
    if (address === undefined || isReady) return
    isReady = true
    resolve({ atMs: performance.now(), address })
  })
  void child.gone.then(() => reject(new Error(`${name} ended before it was ready:\n${said.join('\n')}`)))
  // Who never waits for a member that ends early must not fail for it.
  ready.catch(() => undefined)
  return { ...child, name, startedAtMs, ready }
}
