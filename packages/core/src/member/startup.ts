/** Startup: detects when this member's view of the cluster matches the view of other members for the first time. */
import type { AntiEntropy } from '../anti-entropy/anti-entropy.ts'
import type { Overlay } from '../overlay/overlay.ts'

/** Our choice: a bootstrap address that neither answers nor fails delays `isSettled` for 10 s at most. */
const maxBootstrapMs = 10_000
/** Our choice: a member without a connection waits 1 s for local discovery to find other members. */
const unconnectedMs = 1_000

export class Startup {
  readonly #overlay: Overlay
  readonly #antiEntropy: AntiEntropy
  readonly #startedMs: number
  #wasConnected = false

  constructor(overlay: Overlay, antiEntropy: AntiEntropy, startedMs: number) {
    this.#overlay = overlay
    this.#antiEntropy = antiEntropy
    this.#startedMs = startedMs
  }

  /** A connection opened. */
  connected(): void {
    this.#wasConnected = true
  }

  /**
   * Both conditions must be true:
   * - The tables were compared with another member, or no member was connected within 1 s after the start.
   * - Each dial of a bootstrap address has led to a connection or failed.
   *
   * 10 s after the start, pending bootstrap dials no longer count. If all connections closed before tables
   * were compared, the condition about tables is also true after 10 s.
   */
  isSettled(nowMs: number): boolean {
    const sinceMs = nowMs - this.#startedMs
    if (this.#overlay.awaitsBootstrap && sinceMs < maxBootstrapMs) return false
    if (this.#antiEntropy.hasCompared) return true
    return (
      this.#overlay.connected().length === 0 &&
      sinceMs >= (this.#wasConnected ? maxBootstrapMs : unconnectedMs)
    )
  }
}
