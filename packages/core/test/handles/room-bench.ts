/** One room handle over a real driver, replica and storage, with a transport that records what the member publishes. */
import { MemoryDatastore } from 'datastore-core'
import { mulberry32 } from '../../../../test/helpers/mulberry32.ts'
import { idOf, testTag } from '../../../../test/helpers/signed-facts.ts'
import { signatureOf } from '../../../simulator/src/simulated-signature.ts'
import { RoomHandle } from '../../src/handles/room-handle.ts'
import type { Member, MemberStatus } from '../../src/member/member.ts'
import { AppNotifications } from '../../src/runtime/app-notifications.ts'
import { SpacesDriver } from '../../src/runtime/spaces-driver.ts'
import type { ClusterView } from '../../src/spaces/space-roster.ts'
import { datastoreKeyValues } from '../../src/storage/datastore-key-values.ts'
import { DocumentStorage } from '../../src/storage/document-storage.ts'
import { WriteQueue } from '../../src/storage/write-queue.ts'
import type { Json } from '../../src/wire/json.ts'
import { signedSpaceBytes } from '../../src/wire/signing.ts'
import { decodeSpaceRumors, encodeSpaceRumors } from '../../src/wire/space-codec.ts'
import { draftSpaceFact, type SpaceFact, type SpaceFactBody } from '../../src/wire/space-fact.ts'
import { spaceTag } from '../../src/wire/tags.ts'
import { ManualClock } from '../helpers/manual-clock.ts'
import { quietTransport } from '../helpers/quiet-transport.ts'

interface OtherMember {
  readonly member: Member
  readonly status: MemberStatus
  readonly generation: number
}

const space = spaceTag(testTag, 'room', 'design')

export class RoomBench {
  readonly clock = new ManualClock()
  readonly notifications: AppNotifications = new AppNotifications(this.clock)
  /** The facts that the member published so far. */
  readonly published: SpaceFact[] = []
  readonly driver: SpacesDriver
  readonly room: RoomHandle
  leaves = 0
  readonly #others = new Map<string, OtherMember>()

  static async open(): Promise<RoomBench> {
    const clock = new ManualClock()
    const storage = await DocumentStorage.open({
      queue: new WriteQueue({ keyValues: datastoreKeyValues(new MemoryDatastore()), clock }),
      clock,
      prefix: '/hearsay/space/a/documents',
      writerId: idOf('self'),
      snapshot: [],
    })
    return new RoomBench(storage)
  }

  private constructor(storage: DocumentStorage) {
    const self = idOf('self')
    const cluster: ClusterView = {
      self,
      connected: () => [],
      isNeighbour: () => false,
      isReconnecting: () => false,
      isSettled: () => true,
      memberIds: () => [self, ...this.#others.keys()],
      member: id => {
        const other = this.#others.get(id)
        return other && { status: other.status, wasAlive: true, spaces: [{ space, ...other }] }
      },
    }
    const random = mulberry32(1)
    this.driver = new SpacesDriver({
      view: cluster,
      cluster: testTag,
      clock: this.clock,
      notifications: this.notifications,
      transport: {
        ...quietTransport,
        publish: bytes => {
          const decoded = decodeSpaceRumors(bytes)
          if (decoded.ok) this.published.push(...decoded.value)
        },
      },
      keys: {
        sign: bytes => signatureOf(self, bytes),
        verify: (id, bytes, signature) => Buffer.compare(signatureOf(id, bytes), signature) === 0,
      },
      random,
      membership: {
        announceSpaces() {},
        connectNow() {},
        setExtraPeers() {},
        reportViolation() {},
        reportExcess() {},
      },
    })
    this.room = new RoomHandle({
      name: 'design',
      space,
      driver: this.driver,
      notifications: this.notifications,
      random,
      cluster,
      spaceRoster: {
        of: id => {
          const other = this.#others.get(id)
          return other && { status: other.status, wasAlive: true, generation: other.generation }
        },
      },
      memberOf: id => this.#others.get(id)?.member ?? (id === self ? memberOf(self) : undefined),
      storage,
      signed: undefined,
      incarnation: () => 1,
      heldBy: async () => ({ holding: [], differing: [], missing: [] }),
      onLeave: () => {
        this.leaves += 1
      },
    })
  }

  /** Another member is in the room, in this generation and with this status. */
  enter(id: string, generation: number, status: MemberStatus = 'alive'): void {
    this.#others.set(id, { member: memberOf(id), status, generation })
    this.driver.membersChanged([id])
  }

  /** A rumor with facts of another member arrives. */
  receive(author: string, ...bodies: readonly SpaceFactBody[]): void {
    const facts = bodies.map(body => {
      const draft = draftSpaceFact(author, body)
      return { ...draft, signature: signatureOf(author, signedSpaceBytes(testTag, space, draft)) }
    })
    this.driver.rumor(space, author, encodeSpaceRumors(facts))
  }

  /** The fields that the member published so far, in their order. */
  get publishedFields(): [name: string, value: unknown][] {
    return this.published.flatMap((fact): [string, unknown][] =>
      fact.type === 'field' ? [[fact.name, fact.value]] : [],
    )
  }
}

/** A field of another member's presence. */
export function field(name: string, value: Json, version = 1): SpaceFactBody {
  return { type: 'field', generation: 1, version, name, value }
}

function memberOf(id: string): Member {
  return { id } as Member
}
