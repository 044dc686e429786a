/** Script: what one attacker does. It runs in the attacker's process until the process is killed. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { AttackOrder } from '../attack-order.ts'
import { RawPeer, type Target } from '../raw-peer.ts'

export interface ScriptContext {
  readonly order: AttackOrder
  /** Adds `by` (1 by default) to the count of `what`, which the table shows. */
  readonly count: (what: string, by?: number) => void
  /** Reports texts that the attacker learned. */
  readonly learn: (texts: readonly string[]) => void
  /** To be called when the attack is prepared and starts. */
  readonly begin: () => void
}

export type Script = (context: ScriptContext) => Promise<void>

/** A raw peer that tries to join each of these targets. With the secret, it is a member of the cluster now. */
export async function attackingPeer(
  { order, count }: ScriptContext,
  targets: readonly Target[],
): Promise<RawPeer> {
  const peer = await RawPeer.create(order.credentials)
  for (const target of targets) count('admitted', (await peer.join(target)) ? 1 : 0)
  return peer
}

/** The targets to which most attacks connect. */
export const entries = ({ order }: ScriptContext): readonly Target[] => order.targets.slice(0, 3)

/** Runs the step at a constant rate, the given number of times. @default for ever */
export async function atRate(
  perSecond: number,
  step: (index: number) => Promise<unknown>,
  times = Infinity,
): Promise<void> {
  const startMs = performance.now()
  for (let i = 0; i < times; i++) {
    await step(i)
    const dueMs = startMs + ((i + 1) * 1_000) / perSecond
    // Also yields to the event loop when the next step is late.
    await sleep(Math.max(0, dueMs - performance.now()))
  }
}

/** Splits the items into parts of at most `size` items. */
export function* parts<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size)
}

export const range = (length: number): number[] => Array.from({ length }, (_, i) => i)
