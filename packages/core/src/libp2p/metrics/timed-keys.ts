/** Timed keys: counts the checks of signatures, and sums their time. */
import type { Signer, Verifier } from '../../wire/signing.ts'

export class TimedKeys {
  readonly outcomes: Record<'valid' | 'forged', number> = { valid: 0, forged: 0 }
  verifySeconds = 0

  timed(keys: Signer & Verifier): Signer & Verifier {
    return {
      sign: bytes => keys.sign(bytes),
      verify: (author, bytes, signature) => {
        const sinceMs = performance.now()
        const isValid = keys.verify(author, bytes, signature)
        if (!(isValid instanceof Promise)) return this.#counted(isValid, sinceMs)
        return isValid.then(later => this.#counted(later, sinceMs))
      },
    }
  }
  #counted(isValid: boolean, sinceMs: number): boolean {
    this.verifySeconds += (performance.now() - sinceMs) / 1000
    this.outcomes[isValid ? 'valid' : 'forged'] += 1
    return isValid
  }
}
