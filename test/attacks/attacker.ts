/** Attacker: starts the process of an attack, and collects what it counts. */
import { fileURLToPath } from 'node:url'
import { execArgv } from '../helpers/exec-argv.ts'
import { startChild } from '../processes/process.ts'
import type { AttackOrder } from './attack-order.ts'

export interface Attacker {
  /** Resolves when the attack runs. Rejects if the attacker ends before that. */
  readonly begun: Promise<void>
  /** Resolves when an attack that ends by itself has ended. */
  readonly ended: Promise<void>
  /** What it counted so far. */
  counted(): Readonly<Record<string, number>>
  /** Lists of text, such as what a stranger learned. */
  learned(): readonly string[]
  /** Whether the process ended by itself, because of a mistake in its script: the attack did not take place. */
  hasFailed(): boolean
  stop(): Promise<void>
}

const program = fileURLToPath(new URL('./attacker-main.ts', import.meta.url))

export function startAttacker(order: AttackOrder): Attacker {
  const begun = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<void>()
  const output: string[] = []
  let counted: Readonly<Record<string, number>> = {}
  let learned: readonly string[] = []
  const child = startChild(process.execPath, [...execArgv, program, JSON.stringify(order)], line => {
    if (!line.startsWith('{')) {
      output.push(line)
      return
    }
    const printed = JSON.parse(line)
    if (printed.counted) counted = printed.counted
    if (printed.learned) learned = printed.learned
    if (printed.begun) begun.resolve()
    if (printed.ended) ended.resolve()
  })
  let isStopped = false
  let hasFailed = false
  void child.exited.then(() => {
    const error = new Error(`the attacker ${order.script} ended:\n${output.join('\n')}`)
    begun.reject(error)
    ended.reject(error)
    if (isStopped) return
    hasFailed = true
    console.error(error.message)
  })
  for (const promise of [begun.promise, ended.promise]) promise.catch(() => undefined)
  return {
    begun: begun.promise,
    ended: ended.promise,
    counted: () => counted,
    learned: () => learned,
    hasFailed: () => hasFailed,
    stop() {
      isStopped = true
      child.signal('SIGKILL')
      return child.exited
    },
  }
}
