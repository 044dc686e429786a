/** Invariant: no dead member returns without a greater incarnation. */
import type { MemberEvent } from '@hearsay/core/host'
import { InvariantViolation } from './violation.ts'

/** The departures that one process has seen. */
export class Returns {
  /** Id → the incarnation in which it died or left. */
  readonly #ended = new Map<string, number>()

  check({ type, member: { id, incarnation, name } }: MemberEvent): void {
    switch (type) {
      case 'fail':
      case 'leave':
        this.#ended.set(id, Math.max(incarnation, this.#ended.get(id) ?? -1))
        break
      case 'join':
      case 'recover':
      case 'suspect':
      case 'update': {
        const ended = this.#ended.get(id)
        if (ended !== undefined && incarnation <= ended)
          throw new InvariantViolation(
            'returns',
            `${name} is back (${type}) in incarnation ${incarnation}, and was dead in ${ended}`,
          )
        break
      }
    }
  }
}
