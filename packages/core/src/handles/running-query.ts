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
  /** Iterators that wait for the next reply or the end. */
  #waiting: (() => void)[] = []
  #isEnded = false

  constructor() {
    this.result = new Promise(resolve => {
      this.#settle = resolve
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

  async *[Symbol.asyncIterator](): AsyncGenerator<Reply, void> {
    for (let next = 0; ; next += 1) {
      while (next >= this.#replies.length && !this.#isEnded)
        await new Promise<void>(resolve => this.#waiting.push(resolve))
      const reply = this.#replies[next]
      if (!reply) return
      yield reply
    }
  }

  #notify(): void {
    for (const resume of this.#waiting.splice(0)) resume()
  }
}
