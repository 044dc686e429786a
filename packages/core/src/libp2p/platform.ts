/** Platform: what a member on libp2p needs and what differs between Node and browsers. */
import type { Connection, Ed25519PrivateKey } from '@libp2p/interface'
import type { Clock } from '../base/clock.ts'
import type { Attention } from '../wire/fact.ts'
import type { Signer, Verifier } from '../wire/signing.ts'

export interface Platform {
  /** The driver's time. */
  readonly clock: Clock
  /** Signs with this private key, and verifies with the public key that each member id contains. */
  readonly keys: (privateKey: Ed25519PrivateKey) => Signer & Verifier
  /**
   * Reports lifecycle changes of the page in which this member runs. Absent outside of pages.
   *
   * @returns a function that ends the reports
   */
  readonly followPage?: (listener: PageListener) => () => void
  /**
   * Calls `changed` after each change of this computer's network addresses.
   *
   * @returns a function that ends the calls
   */
  readonly followNetwork?: (changed: () => void) => () => void
  /** Whether this computer no longer has the address at its end of a connection. */
  readonly hasLostAddress?: (connection: Connection) => boolean
}

export interface PageListener {
  /** The page became visible, hidden or frozen. */
  attentionChanged(attention: Attention): void
  /** The page is closing: only synchronous work still runs. */
  pageClosing(): void
}
