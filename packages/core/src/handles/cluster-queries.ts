/**
 * Cluster queries: the queries and broadcasts of one member, as its cluster handle calls them.
 *
 * Loaded with the first call, or with the first query of another member.
 */

import { toString as toText } from 'uint8arrays/to-string'
import { checkSpaceName } from '../api/call-options.ts'
import { NotAllowedError } from '../api/errors.ts'
import type { QueryAnswer, QueryFailure, QueryOptions } from '../api/query.ts'
import { queryRequest, sharedQueryValue } from '../api/query-checks.ts'
import { isReader } from '../grants/roles.ts'
import type { MembershipMachine } from '../member/membership-machine.ts'
import type { QueryView } from '../queries/queries.ts'
import type { Engine } from '../runtime/engine.ts'
import { QueriesDriver } from '../runtime/queries-driver.ts'
import type { QueryHandlers } from '../runtime/query-handlers.ts'
import { isMemberId } from '../wire/member-id.ts'
import type { SignedAnswer, SignedBroadcast } from '../wire/query-fact.ts'
import { tableQuery } from './convergence-meter.ts'
import { answerHeldBy, type HeldContent, spacesQuery } from './held-by.ts'
import { RunningQuery } from './running-query.ts'

/** The name of the query that each member answers with the fingerprints of its keys. */
export const keyringQuery = 'hearsay:keyring'

export interface ClusterQueriesOptions {
  readonly engine: Engine
  readonly handlers: QueryHandlers
  readonly broadcast: (fact: SignedBroadcast) => void
  readonly appCalled: () => void
  /** This member's content of the room or config with a content id; undefined if this member is not in it. */
  readonly heldOf: (id: string) => HeldContent | undefined
}

export class ClusterQueries {
  readonly driver: QueriesDriver
  readonly #view: QueryView

  constructor({ engine, ...options }: ClusterQueriesOptions) {
    options.handlers.add(tableQuery, () => toText(engine.machine.table.hash(), 'base64'))
    options.handlers.add(spacesQuery, payload => answerHeldBy(payload, options.heldOf))
    if (engine.host.keyring) {
      const { keyring } = engine.host
      options.handlers.add(keyringQuery, () => keyring.state.keys.map(({ fingerprint }) => fingerprint))
    }
    const { self, machine, driver, host, notifications, cluster, incarnation } = engine
    const { transport, keys } = host
    const view = viewOf(self, machine)
    this.#view = view
    this.driver = new QueriesDriver({
      ...options,
      view,
      cluster,
      incarnation: () => machine.member(self)?.incarnation ?? incarnation,
      clock: notifications.clock,
      notifications,
      transport,
      keys,
      reporter: driver,
    })
    driver.attachQueries(this.driver)
  }

  /** @throws {InvalidOptionsError} @throws {InvalidValueError} @throws {RateLimitError} */
  async query(name: string, payload: unknown, options: QueryOptions | undefined): Promise<RunningQuery> {
    const request = queryRequest(name, payload, options, isMemberId)
    const query = new RunningQuery()
    await this.driver.ask(request, {
      answered: answer => query.add(replyOf(answer)),
      ended: missing => query.end(missing),
    })
    return query
  }

  /** @throws {InvalidOptionsError} @throws {InvalidValueError} @throws {RateLimitError} @throws {NotAllowedError} */
  async broadcast(name: string, payload: unknown): Promise<void> {
    checkSpaceName('broadcast', name)
    if (this.#view.isReader?.(this.#view.self))
      throw new NotAllowedError(
        "broadcast: this member has the role 'reader', which forbids it. Join with a ticket without this role",
      )
    await this.driver.broadcast(name, sharedQueryValue('broadcast', payload))
  }
}

function replyOf({ author: from, outcome }: SignedAnswer): QueryAnswer | QueryFailure {
  return 'value' in outcome ? { from, value: outcome.value } : { from, reason: outcome.failure }
}

function viewOf(self: string, machine: MembershipMachine): QueryView {
  const isHere = (id: string) => {
    const status = machine.member(id)?.status
    return status === 'alive' || status === 'suspect'
  }
  return {
    self,
    isHere,
    here: () => machine.members().flatMap(({ id }) => (isHere(id) ? id : [])),
    connected: () => machine.overlay.connected(),
    isReader: id => isReader(machine.member(id)?.roles ?? []),
  }
}
