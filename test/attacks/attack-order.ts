import type { Credentials } from './admission-proof.ts'
import type { Target } from './raw-peer.ts'

/** Attack order: what an attacker is to do, as JSON for its process. */
export interface AttackOrder {
  /** The name of a script in scripts/index.ts. */
  readonly script: string
  readonly by: 'stranger' | 'member'
  /** The cluster name and the secret of the attacker. A stranger has another secret than the members. */
  readonly credentials: Credentials
  readonly targets: readonly Target[]
  /** All addresses of the first target, which is a relay. */
  readonly addresses: readonly string[]
  /** The Yjs client that wrote the shared document. */
  readonly documentAuthor: number
  /** For an attack that ends by itself: how often it acts. */
  readonly times: number
  /** The honest member that ends and starts again, if the attack has one. It has the same address again. */
  readonly returning: Target | undefined
  /** A sync frame with facts that were recorded before the attack, in base64; empty: nothing was recorded. */
  readonly recorded: string
}
