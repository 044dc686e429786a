/**
 * Query handlers: the app's handlers by the names of the queries that they answer.
 *
 * Several parts of an app may answer one name, for example two windows that show one member. The handler that was added
 * last answers; when it is removed, the one before answers again.
 */
import type { QueryHandler } from '../api/query.ts'

export class QueryHandlers {
  readonly #byName = new Map<string, { readonly handler: QueryHandler }[]>()

  /** @returns a function that removes the handler */
  add(name: string, handler: QueryHandler): () => void {
    const added = { handler }
    this.#byName.set(name, [...(this.#byName.get(name) ?? []), added])
    return () => {
      const others = (this.#byName.get(name) ?? []).filter(each => each !== added)
      if (others.length > 0) this.#byName.set(name, others)
      else this.#byName.delete(name)
    }
  }

  /** The names that have a handler. */
  names(): readonly string[] {
    return [...this.#byName.keys()]
  }

  get(name: string): QueryHandler | undefined {
    return this.#byName.get(name)?.at(-1)?.handler
  }
}
