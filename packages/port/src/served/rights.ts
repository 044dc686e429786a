/** Rights: what a view may do. The member's side checks each call, because the process of a view may be compromised. */
import { checkOptionNames, InvalidOptionsError, NotAllowedError } from '@hearsay/core/app'
import { refusal } from '../answer.ts'

/**
 * `list`: sees the name, and which members hold the same content (`heldBy`). `read`: sees the content. `write`: changes it,
 * too.
 */
export type Access = 'list' | 'read' | 'write'

const accesses: readonly unknown[] = ['list', 'read', 'write'] satisfies Access[]

/** The rights of a view. */
export interface Allow {
  /** Whether the view may change the member's name and tags, and suspend and resume it. @default true */
  readonly update?: boolean
  /** Whether `leave()` of the view ends the member. If not, it only ends the view. @default false */
  readonly leave?: boolean
  /**
   * Whether the view may ask and answer queries, broadcast to all members, call `settled` and `heldBy`, and receive
   * `convergence`. The view receives broadcasts in any case. @default true
   */
  readonly queries?: boolean
  /**
   * Whether the view may invite and revoke others, renew the member's own grants, and list and change the keys of the
   * cluster. Then a compromised view can let anybody into the cluster. @default false
   */
  readonly invitations?: boolean
  /**
   * Name of a room → access. In a name, `*` stands for any text. The first name that matches counts, and a room without a
   * match is refused. A view with `list` cannot open the room, so it does not make the member enter it.
   * @default { '*': 'write' }
   */
  readonly rooms?: Readonly<Record<string, Access>>
  /** Name of a config → access, as for rooms. @default { '*': 'write' } */
  readonly configs?: Readonly<Record<string, Access>>
}

/** Checks the option `allow` before the first view is served. @throws {InvalidOptionsError} the option is not valid */
export function checkAllow(allow: Allow): void {
  new ViewRights(allow)
}

interface Rule {
  readonly pattern: RegExp
  readonly access: Access
}

export class ViewRights {
  readonly update: boolean
  readonly leave: boolean
  readonly queries: boolean
  readonly invitations: boolean
  readonly #rooms: readonly Rule[]
  readonly #configs: readonly Rule[]

  /** @throws {InvalidOptionsError} */
  constructor(allow: Allow = {}) {
    checkOptionNames('allow', allow, allowNames, "{ rooms: { '*': 'read' } }")
    const { update = true, leave = false, queries = true, invitations = false, rooms, configs } = allow
    for (const [option, value] of Object.entries({ update, leave, queries, invitations }))
      if (typeof value !== 'boolean') throw new InvalidOptionsError(`allow.${option}: give true or false`)
    this.update = update
    this.leave = leave
    this.queries = queries
    this.invitations = invitations
    this.#rooms = rulesOf('rooms', rooms)
    this.#configs = rulesOf('configs', configs)
  }

  /** @throws {NotAllowedError} */
  check(isAllowed: boolean, what: string): void {
    if (!isAllowed) throw new NotAllowedError(refusal(what))
  }

  room(name: string): Access | undefined {
    return this.#rooms.find(({ pattern }) => pattern.test(name))?.access
  }

  config(name: string): Access | undefined {
    return this.#configs.find(({ pattern }) => pattern.test(name))?.access
  }
}

const allowNames = {
  update: true,
  leave: true,
  queries: true,
  invitations: true,
  rooms: true,
  configs: true,
} as const

function rulesOf(option: string, access: Readonly<Record<string, Access>> = { '*': 'write' }): Rule[] {
  if (typeof access !== 'object' || access === null || Array.isArray(access))
    throw new InvalidOptionsError(`allow.${option}: give names with 'list', 'read' or 'write'`)
  return Object.entries(access).map(([name, access]) => {
    if (!accesses.includes(access))
      throw new InvalidOptionsError(
        `allow.${option}: '${name}' is '${access}', give 'list', 'read' or 'write'`,
      )
    const parts = name.split('*').map(part => part.replaceAll(/[\\^$.|?+()[\]{}]/g, '\\$&'))
    return { pattern: new RegExp(`^${parts.join('.*')}$`, 'su'), access }
  })
}
