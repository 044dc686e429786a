/** Space contents: the open rooms and configs of one member, by content id, and which other members have the same content. */

import { NotRunningError } from '../api/errors.ts'
import type { HeldBy, HeldByOptions, HeldSpace } from '../api/held-by.ts'
import { contentId } from '../spaces/content-hashes.ts'
import type { HeldByHost, HeldContent, NamedSpace } from './held-by.ts'
import { loadHeldBy } from './load-calls.ts'

export class SpaceContents {
  readonly #host: HeldByHost
  readonly #open = new Map<string, NamedSpace>()

  constructor(host: HeldByHost) {
    this.#host = host
  }

  opened(named: NamedSpace): void {
    this.#open.set(contentId(named.space), named)
  }

  left(named: NamedSpace): void {
    this.#open.delete(contentId(named.space))
  }

  /** The facts and documents of the room or config with this content id; undefined if this member is not in it. */
  of(id: string): HeldContent | undefined {
    const space = this.#open.get(id)?.space
    const content = space === undefined ? undefined : this.#host.driver.contentOf(space)
    return space !== undefined && content ? { space, content } : undefined
  }

  /** Asks which other members have the same content of all rooms and configs. */
  async allHeldBy(options: HeldByOptions | undefined): Promise<readonly HeldSpace[]> {
    const spaces = [...this.#open.values()].sort(byTypeAndName)
    return (await loadHeldBy()).askHeldBy(spaces, this.#host, options)
  }

  /** Asks which other members have the same content of one room or config. */
  async heldBy(named: NamedSpace, options: HeldByOptions | undefined): Promise<HeldBy> {
    const { askHeldBy } = await loadHeldBy()
    const [held] = await askHeldBy([named], this.#host, options)
    if (!held) throw new NotRunningError(`the ${named.type} '${named.name}' was left: open it again`)
    const { holding, differing, missing } = held
    return { holding, differing, missing }
  }
}

function byTypeAndName(a: NamedSpace, b: NamedSpace): number {
  const [first, second] = [a, b].map(({ type, name }) => `${type} ${name}`) as [string, string]
  return first < second ? -1 : 1
}
