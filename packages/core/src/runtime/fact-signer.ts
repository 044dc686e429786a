/**
 * Fact signer: signs the facts of this member.
 *
 * No fact is signed in an incarnation before the incarnation is stored: after a crash, the member must start in a greater
 * one.
 */
import { andThen } from '../base/maybe-async.ts'
import type { Draft, SignedFact } from '../wire/fact.ts'
import { type Signer, signedBytes } from '../wire/signing.ts'

export interface FactSignerOptions {
  readonly keys: Signer
  /** The cluster tag. */
  readonly cluster: Uint8Array
  /** Stores the incarnation. */
  readonly persist: (incarnation: number) => void | Promise<void>
}

export class FactSigner {
  readonly #options: FactSignerOptions
  /** Settles when the incarnation is stored. */
  #persisted: Promise<void> | undefined

  constructor(options: FactSignerOptions) {
    this.#options = options
  }

  persist(incarnation: number): void {
    const persisted = this.#options.persist(incarnation) ?? undefined
    this.#persisted = persisted
    persisted?.then(() => {
      if (this.#persisted === persisted) this.#persisted = undefined
    })
  }

  /** The signed fact: a promise if the incarnation is not stored yet, or if the signer is asynchronous. */
  sign(draft: Draft): SignedFact | Promise<SignedFact> {
    const { keys, cluster } = this.#options
    const sign = () => keys.sign(signedBytes(cluster, draft))
    const signature = this.#persisted ? this.#persisted.then(sign) : sign()
    return andThen(signature, signature => ({ ...draft, signature }))
  }
}
