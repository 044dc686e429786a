/** Machine cluster view: the view of the cluster for the rooms and configs of one member, read from its membership machine. */
import type { Clock } from '../base/clock.ts'
import { isReader } from '../grants/roles.ts'
import type { MembershipMachine } from '../member/membership-machine.ts'
import type { PrivateRooms } from '../spaces/private-rooms.ts'
import {
  type ClusterView,
  generationIn,
  type MemberWithSpaces,
  type SpaceRoster,
} from '../spaces/space-roster.ts'

export class MachineClusterView implements ClusterView {
  readonly self: string
  readonly #machine: MembershipMachine
  readonly #clock: Clock
  readonly #privateRooms: PrivateRooms

  /** @param privateRooms the private rooms of this member */
  constructor(self: string, machine: MembershipMachine, clock: Clock, privateRooms: PrivateRooms) {
    this.self = self
    this.#machine = machine
    this.#clock = clock
    this.#privateRooms = privateRooms
  }

  connected(): readonly string[] {
    return this.#machine.overlay.connected()
  }

  isNeighbour(id: string): boolean {
    return this.#machine.overlay.isNeighbour(id)
  }

  isSettled(): boolean {
    return this.#machine.isSettled(this.#clock.now())
  }

  isReconnecting(): boolean {
    return this.#machine.overlay.isReconnecting(this.#clock.now().monotonicMs)
  }

  isReader(id: string): boolean {
    return isReader(this.#machine.member(id)?.roles ?? [])
  }

  memberIds(): readonly string[] {
    return this.#machine.members().map(({ id }) => id)
  }

  member(id: string): MemberWithSpaces | undefined {
    const machine = this.#machine
    const status = machine.member(id)?.status
    const announced = machine.table.get(id)?.record.record.spaces
    if (!status || !announced) return undefined
    return { status, spaces: this.#privateRooms.spacesIn(id, announced), wasAlive: machine.wasAlive(id) }
  }

  /** The members of the cluster in one space. */
  rosterOf(space: string): SpaceRoster {
    return {
      of: id => {
        const member = this.member(id)
        const generation = generationIn(member, space)
        return member && { status: member.status, wasAlive: member.wasAlive, generation }
      },
    }
  }
}
