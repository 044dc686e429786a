/** A trace of effects: two runs of one seed have the same hash. */
import type { DetectorEffect } from '../src/index.ts'

export class EffectTrace {
  #hash = hashOf('')
  #count = 0

  get hash(): string {
    return this.#hash.toString(16)
  }

  get count(): number {
    return this.#count
  }

  record(atMs: number, by: string, effect: DetectorEffect): void {
    this.#hash = hashOf(`${atMs.toFixed(3)} ${by} ${JSON.stringify(effect)}`, this.#hash)
    this.#count += 1
  }
}

/** FNV-1a over the code units of a text. */
export function hashOf(text: string, from = 0x811c9dc5): number {
  let hash = from
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0
  return hash
}
