/** Timed keys: counts the checks of signatures, and sums their time. */
import { andThen } from '../../base/maybe-async.ts'
import type { Signer, Verifier } from '../../wire/signing.ts'

export class TimedKeys {
  readonly outcomes: Record<'valid' | 'forged', number> = { valid: 0, forged: 0 }
  verifySeconds = 0

  timed(keys: Signer & Verifier): Signer & Verifier {
    return {
      sign: bytes => keys.sign(bytes),
      verify: (author, bytes, signature) => {
        const sinceMs = performance.now()
        return andThen(keys.verify(author, bytes, signature), isValid => {
          this.verifySeconds += (performance.now() - sinceMs) / 1000
          this.outcomes[isValid ? 'valid' : 'forged'] += 1
          return isValid
        })
      },
    }
  }
}
