/** Pending calls: calls of a view that wait for an answer. A signal ends one of them, `rejectAll` ends all. */
export class PendingCalls {
  readonly #rejects = new Set<(reason: unknown) => void>()

  /**
   * Settles as the answer does, or rejects with the reason of the signal.
   *
   * @param aborted called when the signal ends the call
   */
  async settle<T>(answer: Promise<T>, signal?: AbortSignal, aborted?: () => void): Promise<T> {
    let undo = () => {}
    try {
      return await new Promise<T>((resolve, reject) => {
        const abort = () => {
          aborted?.()
          reject(signal?.reason)
        }
        this.#rejects.add(reject)
        signal?.addEventListener('abort', abort)
        undo = () => {
          this.#rejects.delete(reject)
          signal?.removeEventListener('abort', abort)
        }
        answer.then(resolve, reject)
      })
    } finally {
      undo()
    }
  }

  rejectAll(reason: Error): void {
    for (const reject of this.#rejects) reject(reason)
  }
}
