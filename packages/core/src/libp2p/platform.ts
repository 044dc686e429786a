/** Platform: what a member on libp2p needs, and Node and browsers have in different shapes. */
import type { Ed25519PrivateKey } from '@libp2p/interface'
import type { Clock } from '../base/clock.ts'
import type { Attention } from '../wire/fact.ts'
import type { Signer, Verifier } from '../wire/signing.ts'

export interface Platform {
  readonly clock: Clock
  /** Signs with this key, and verifies with the key that a member id is. */
  readonly keys: (privateKey: Ed25519PrivateKey) => Signer & Verifier
  /** Tells what becomes of the page that this member lives in, if it is one. Returns its undo. */
  readonly followPage?: (listener: PageListener) => () => void
  /** Calls back after each change of this machine's network addresses. @returns the undo */
  readonly followNetwork?: (changed: () => void) => () => void
}

export interface PageListener {
  attentionChanged(attention: Attention): void
  /** The page is closing: nothing that takes time can be done any more. */
  pageClosing(): void
}
