/**
 * Inbound: the one pipeline for bytes that other members send. The pipeline decodes the bytes, filters new facts, verifies
 * signatures and delivers the facts.
 *
 * `ClusterInbound` and `SpaceInbound` use this pipeline, each for its own messages. Two rules hold for both:
 * - Bytes never throw past the decoder. Bytes that cannot be decoded are a violation of the peer that sent them.
 * - A fact is delivered only after its author's signature was verified. A forged fact is a violation of the peer that
 *   sent it. The facts before the forged one count.
 */
import { andThen } from '../base/maybe-async.ts'
import type { DecodeFailure, Result } from '../wire/result.ts'
import type { Verifier } from '../wire/signing.ts'
import type { ViolationReporter } from './peer-score.ts'
import { type Verified, verify } from './verification.ts'

export interface InboundOptions {
  readonly keys: Verifier
  readonly reporter: ViolationReporter
}

/** The fields of every kind of fact. */
interface Signed {
  readonly author: string
  readonly signature: Uint8Array
}

export class Inbound {
  readonly #options: InboundOptions

  constructor(options: InboundOptions) {
    this.#options = options
  }

  /** The decoded message; undefined if the bytes could not be decoded. */
  message<T>(from: string, decoded: Result<T, DecodeFailure>): T | undefined {
    if (decoded.ok) return decoded.value
    this.#options.reporter.reportViolation(from, 'undecodable', decoded.failure.detail)
    return undefined
  }

  /**
   * The facts with valid signatures, up to the first forged one.
   *
   * @param signedBytes the bytes that the author of a fact signed
   * @param hasSignedContent whether the signatures inside the fact are valid, too
   */
  verified<F extends Signed>(
    from: string,
    facts: readonly F[],
    signedBytes: (fact: F) => Uint8Array,
    hasSignedContent: (fact: F) => boolean | Promise<boolean> = () => true,
  ): Verified<F> | Promise<Verified<F>> {
    const { keys } = this.#options
    return this.valid(from, facts, fact => {
      const isSigned = keys.verify(fact.author, signedBytes(fact), fact.signature)
      if (isSigned instanceof Promise) return isSigned.then(isSigned => isSigned && hasSignedContent(fact))
      return isSigned && hasSignedContent(fact)
    })
  }

  /** The facts up to the first one that is not valid. */
  valid<F>(
    from: string,
    facts: readonly F[],
    isValid: (fact: F) => boolean | Promise<boolean>,
  ): Verified<F> | Promise<Verified<F>> {
    return andThen(verify(facts, isValid), outcome => {
      if (outcome.forged)
        this.#options.reporter.reportViolation(from, 'bad-signature', 'a fact that its author did not sign')
      return outcome
    })
  }
}
