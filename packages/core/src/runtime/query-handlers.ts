/**
 * Query handlers: the app's handlers by the names of the queries that they answer.
 *
 * Several parts of an app may answer one name, for example two windows that show one member. The handler that was added
 * last answers; when it is removed, the one before answers again.
 */
import type { QueryHandler } from '../api/query.ts'

export class QueryHandlers {
  /** In the order in which they were added. */
  #added: readonly { readonly name: string; readonly handler: QueryHandler }[] = []

  /** @returns a function that removes the handler */
  add(name: string, handler: QueryHandler): () => void {
    const added = { name, handler }
    this.#added = [...this.#added, added]
    return () => {
      this.#added = this.#added.filter(each => each !== added)
    }
  }

  /** The names that have a handler. */
  names(): ReadonlySet<string> {
    return new Set(this.#added.map(({ name }) => name))
  }

  get(name: string): QueryHandler | undefined {
    return this.#added.findLast(each => each.name === name)?.handler
  }
}
