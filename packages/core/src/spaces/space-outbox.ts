/**
 * Space outbox: collects the effects of the spaces in order and the spaces that changed, and notes which steps expect an
 * answer.
 */
import type { SpaceGeneration } from '../wire/fact.ts'
import type { SpaceStep } from '../wire/space-codec.ts'
import type { SpaceFact } from '../wire/space-fact.ts'
import type { Reachability } from './reachability.ts'
import { requestsAnswer } from './step-rules.ts'

/** The effects that the driver executes. */
export type SpacesEffect =
  | { readonly type: 'publish'; readonly space: string; readonly facts: readonly SpaceFact[] }
  | { readonly type: 'send-steps'; readonly to: string; readonly steps: readonly SpaceStep[] }
  | { readonly type: 'subscribe' | 'unsubscribe'; readonly space: string }
  /** Another member has exactly the facts of the local member. */
  | { readonly type: 'agreed'; readonly space: string; readonly with: string }
  /** Connect to this member at once. */
  | { readonly type: 'contact'; readonly id: string }
  /** Connect to these members in addition. */
  | { readonly type: 'extra-peers'; readonly ids: readonly string[] }
  /** Publish these spaces in the local record. */
  | { readonly type: 'announce'; readonly spaces: readonly SpaceGeneration[] }

export class SpaceOutbox {
  readonly #reachability: Reachability
  #effects: SpacesEffect[] = []
  readonly #touched = new Set<string>()

  constructor(reachability: Reachability) {
    this.#reachability = reachability
  }

  push(effect: SpacesEffect): void {
    this.#effects.push(effect)
  }

  send(to: string, steps: readonly SpaceStep[]): void {
    if (steps.length > 0) this.#effects.push({ type: 'send-steps', to, steps })
  }

  /** Sends steps. Some of them may require an answer. */
  request(to: string, steps: readonly SpaceStep[], nowMs: number): void {
    this.send(to, steps)
    if (steps.some(requestsAnswer)) this.#reachability.expect(to, nowMs)
  }

  /** A space may have changed. */
  touch(space: string): void {
    this.#touched.add(space)
  }

  /** Spaces that may have changed since the last call. */
  takeTouched(): string[] {
    const touched = [...this.#touched]
    this.#touched.clear()
    return touched
  }

  /** The effects since the last call. */
  take(): SpacesEffect[] {
    const effects = this.#effects
    this.#effects = []
    return effects
  }
}
