/**
 * Running query: the answers and failures of one query, as they arrive, and its result.
 *
 * Any number of iterators read them, each from the beginning, also after the end.
 */
import type { QueryAnswer, QueryFailure, QueryResult } from '../api/query.ts'

type Reply = QueryAnswer | QueryFailure

export class RunningQuery implements AsyncIterable<Reply> {
  /** Resolves when the query has ended. */
  readonly result: Promise<QueryResult>
  readonly #replies: Reply[] = []
  #settle: (result: QueryResult) => void = () => {}
  #reject: (error: unknown) => void = () => {}
  #error: { readonly error: unknown } | undefined
  /** Iterators that wait for the next reply or the end. */
  #waiting: (() => void)[] = []
  #isEnded = false

  constructor() {
    this.result = new Promise((resolve, reject) => {
      this.#settle = resolve
      this.#reject = reject
    })
  }

  add(reply: Reply): void {
    this.#replies.push(reply)
    this.#notify()
  }

  /** @param missing the members that did not answer */
  end(missing: readonly string[]): void {
    this.#isEnded = true
    const answers = this.#replies.filter(reply => 'value' in reply)
    const failures = this.#replies.filter(reply => 'reason' in reply)
    this.#settle({ answers, failures, missing })
    this.#notify()
  }

  /** The query could not be asked. */
  fail(error: unknown): void {
    this.#isEnded = true
    this.#error = { error }
    this.#reject(error)
    this.#notify()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Reply, void> {
    for (let next = 0; ; next += 1) {
      while (next >= this.#replies.length && !this.#isEnded)
        await new Promise<void>(resolve => this.#waiting.push(resolve))
      const reply = this.#replies[next]
      if (this.#error && !reply) throw this.#error.error
      if (!reply) return
      yield reply
    }
  }

  #notify(): void {
    for (const resume of this.#waiting.splice(0)) resume()
  }
}
