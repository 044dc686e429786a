/** Member: a child process that reports events about others line by line, and reports once that it is ready. */
import { startChild } from './process.ts'
import type { Member, Ready } from './subject.ts'

/** @param read parses one line: it returns the address if the line reports that the member is ready */
export function startMember(
  name: string,
  [program, ...args]: readonly [string, ...string[]],
  read: (line: string) => string | undefined,
): Member {
  const startedAtMs = performance.now()
  const { promise: ready, resolve, reject } = Promise.withResolvers<Ready>()
  const output: string[] = []
  let isReady = false
  const child = startChild(program, args, line => {
    if (!isReady) output.push(line)
    const address = read(line)
    if (address === undefined || isReady) return
    isReady = true
    resolve({ atMs: performance.now(), address })
  })
  void child.exited.then(() => reject(new Error(`${name} ended before it was ready:\n${output.join('\n')}`)))
  // A caller that does not wait for `ready` must not fail when the member ends early.
  ready.catch(() => undefined)
  return { ...child, name, startedAtMs, ready }
}
