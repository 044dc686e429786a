import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { mulberry32 } from '../../../../test/helpers/mulberry32.ts'
import { idOf, testTag } from '../../../../test/helpers/signed-facts.ts'
import { signatureOf } from '../../../simulator/src/simulated-signature.ts'
import { RoomReplica } from '../../src/rooms/room-replica.ts'
import { AppNotifications } from '../../src/runtime/app-notifications.ts'
import { SpacesDriver } from '../../src/runtime/spaces-driver.ts'
import { DocumentSync } from '../../src/spaces/documents/document-sync.ts'
import { PrivateRooms } from '../../src/spaces/private-rooms.ts'
import type { Json } from '../../src/wire/json.ts'
import type { PrivateRoom } from '../../src/wire/private-room.ts'
import { signedSpaceBytes } from '../../src/wire/signing.ts'
import {
  decodeSpaceFrame,
  decodeSpaceRumors,
  encodeSpaceFrame,
  encodeSpaceRumors,
  type SpaceStep,
} from '../../src/wire/space-codec.ts'
import { draftSpaceFact, type SpaceFact } from '../../src/wire/space-fact.ts'
import { spaceTag } from '../../src/wire/tags.ts'
import { privateRoomOf } from '../helpers/private-rooms.ts'
import { quietTransport } from '../helpers/quiet-transport.ts'

const self = idOf('self')
const author = idOf('author')
const relay = idOf('relay')
/** Another member of the room. */
const insider = idOf('insider')
const publicSpace = spaceTag(testTag, 'room', 'design')
const space = publicSpace

/** A member in a room with one document, with a stopped clock. */
class SpacesDriverBench {
  readonly violations: string[] = []
  excessBytes = 0
  readonly announced: string[] = []
  /** The frames and rumors that the member sent. */
  readonly sent: Uint8Array[] = []
  /** The calls of the transport and of the membership, in order. */
  readonly calls: string[] = []
  /** How often a step ended in which the room may have changed. */
  steps = 0
  readonly doc = new Y.Doc()
  readonly driver: SpacesDriver
  nowMs = 0
  verifications = 0

  constructor({ isAsync = false, privateRoom }: { isAsync?: boolean; privateRoom?: PrivateRoom } = {}) {
    const privateRooms = new PrivateRooms()
    if (privateRoom) privateRooms.add(privateRoom)
    const space = privateRoom?.space ?? publicSpace
    const clock = {
      now: () => ({ monotonicMs: this.nowMs, epochMs: 1_700_000_000_000 }),
      setTimer: () => () => void this.calls.push('cancel timer'),
    }
    this.driver = new SpacesDriver({
      view: {
        self,
        connected: () => [relay, insider],
        isNeighbour: () => true,
        isSettled: () => true,
        isReconnecting: () => false,
        memberIds: () => (privateRoom ? [insider] : []),
        member: id =>
          id === insider
            ? { status: 'alive', wasAlive: true, spaces: [{ space, generation: 1 }] }
            : undefined,
      },
      cluster: testTag,
      clock,
      notifications: new AppNotifications(clock),
      transport: {
        ...quietTransport,
        send: (to, channel, bytes) => {
          this.calls.push(`send ${channel} to ${to === relay ? 'relay' : to}`)
          this.sent.push(bytes)
        },
        publish: bytes => {
          this.calls.push('publish')
          this.sent.push(bytes)
        },
        subscribe: () => this.calls.push('subscribe'),
        unsubscribe: () => this.calls.push('unsubscribe'),
      },
      keys: {
        sign: bytes => (isAsync ? Promise.resolve(signatureOf(self, bytes)) : signatureOf(self, bytes)),
        verify: (id, bytes, signature) => {
          this.verifications += 1
          return Buffer.compare(signatureOf(id, bytes), signature) === 0
        },
      },
      random: mulberry32(1),
      membership: {
        announceSpaces: spaces => {
          this.calls.push(`announce ${spaces.length}`)
          this.announced.push(...spaces.map(({ space }) => space))
        },
        connectNow() {},
        setExtraPeers() {},
        reportViolation: (from, violation) => this.violations.push(`${violation} ${from}`),
        reportExcess: (_, bytes) => {
          this.excessBytes += bytes
        },
      },
      privateRooms,
    })
    const content = new RoomReplica({
      self,
      spaceRoster: { of: () => ({ status: 'alive', wasAlive: true, generation: 1 }) },
      others: () => [],
      suspects: () => [],
      listener: {
        presenceChanged() {},
        eventArrived() {},
        carriedChanged() {},
        unreachable: () => new Set(),
      },
    })
    content.documents.set('', new DocumentSync({ name: '', doc: this.doc, origin: 'remote' }))
    const stepped = () => {
      this.steps += 1
    }
    this.driver.enter(space, content, { stepped }, 1)
  }

  frame(...steps: readonly Omit<SpaceStep, 'space'>[]): void {
    this.driver.frame(relay, encodeSpaceFrame(steps.map(step => ({ space, ...step }))))
  }

  /** The steps of the frames that were sent since the last call. */
  takeSteps(): SpaceStep[] {
    return this.sent.splice(0).flatMap(bytes => {
      const decoded = decodeSpaceFrame(bytes)
      return decoded.ok ? decoded.value : []
    })
  }

  get text(): string {
    return this.doc.getText('text').toString()
  }

  rumor(fact: SpaceFact): unknown {
    return this.driver.rumor(space, relay, encodeSpaceRumors([fact]))
  }
}

function update(bytes: Uint8Array, signedBy = author): SpaceFact {
  const draft = draftSpaceFact(author, { type: 'update', document: '', update: bytes })
  return { ...draft, signature: signatureOf(signedBy, signedSpaceBytes(testTag, space, draft)) }
}

const honest = ((doc: Y.Doc) => {
  doc.getText('text').insert(0, 'hello')
  return Y.encodeStateAsUpdate(doc)
})(new Y.Doc())

const garbage = Uint8Array.from({ length: 66 }, (_, i) => 255 - i)

describe('an update of a document that another member forwards', () => {
  it('is applied and forwarded if its signature is valid', () => {
    const bench = new SpacesDriverBench()
    expect(bench.rumor(update(honest))).toBe('accept')
    expect([bench.text, bench.driver.usage().rejected, bench.violations]).toEqual(['hello', 0, []])
  })

  it('is rejected and counted if it is unreadable, without a violation of the member that forwarded it', () => {
    const bench = new SpacesDriverBench()
    expect(bench.rumor(update(garbage))).toBe('ignore')
    expect([bench.text, bench.driver.usage().rejected, bench.violations]).toEqual(['', 1, []])
  })

  it('counts as a violation of the member that forwarded it if its signature is invalid', () => {
    const bench = new SpacesDriverBench()
    expect(bench.rumor(update(honest, idOf('liar')))).toBe('reject')
    expect([bench.text, bench.violations]).toEqual(['', [`bad-signature ${relay}`]])
  })

  it('is rejected and counted in a sync as well', () => {
    const bench = new SpacesDriverBench()
    const piece = {
      transfer: 1,
      index: 0,
      content: garbage,
      isEndOfUpdate: true,
      isLast: true,
      isAnswer: true,
      isSynced: true,
    }
    bench.driver.frame(relay, encodeSpaceFrame([{ space, documents: [{ document: '', piece }] }]))
    expect([bench.text, bench.driver.usage().rejected, bench.violations]).toEqual(['', 1, []])
  })
})

describe('spaces driver', () => {
  const body = { type: 'field', generation: 1, version: 1, name: 'note', value: 1 } as const

  it('subscribes to a space that the member enters, and announces it', () => {
    const bench = new SpacesDriverBench()
    expect(bench.calls).toEqual(expect.arrayContaining(['subscribe', 'announce 1']))
  })

  it('stores and publishes a fact of its own within the call if the signer is synchronous', () => {
    const bench = new SpacesDriverBench()
    bench.calls.length = 0
    expect(bench.driver.publish(space, [body])).toBeUndefined()
    expect([bench.driver.usage().facts, bench.calls.includes('publish')]).toEqual([1, true])
  })

  it('publishes nothing before an asynchronous signer has answered', async () => {
    const bench = new SpacesDriverBench({ isAsync: true })
    bench.calls.length = 0
    const published = bench.driver.publish(space, [body])
    expect([bench.driver.usage().facts, bench.calls]).toEqual([0, []])
    await published
    expect([bench.driver.usage().facts, bench.calls.includes('publish')]).toEqual([1, true])
  })

  it('does not publish presence that was signed after its generation was renewed, but publishes broadcasts', async () => {
    const bench = new SpacesDriverBench({ isAsync: true })
    const event = { type: 'event', generation: 1, number: 1, value: 1 } as const
    const published = [bench.driver.publish(space, [body]), bench.driver.publish(space, [event])]
    const generation = bench.driver.renew(space, 1) ?? 0
    await Promise.all(published)
    expect(generation).toBe(2)
    await bench.driver.publish(space, [{ ...body, generation }])
    const rumors = bench.sent
      .map(bytes => decodeSpaceRumors(bytes))
      .flatMap(each => (each.ok ? each.value : []))
    expect(rumors).toMatchObject([event, { type: 'field', generation: 2 }])
    expect(bench.driver.usage().facts).toBe(1)
  })

  it('carries out the effects of a step that begins within another one after the outer step', () => {
    const bench = new SpacesDriverBench()
    const order: string[] = []
    bench.doc.on('update', () => {
      bench.calls.length = 0
      bench.driver.publish(space, [body])
      order.push(`in the listener: ${bench.driver.usage().facts} fact, ${bench.calls.length} calls`)
    })
    expect(bench.rumor(update(honest))).toBe('accept')
    expect(order).toEqual(['in the listener: 1 fact, 0 calls'])
    expect(bench.calls).toContain('publish')
  })

  it('notifies the handle of a changed space when a step has ended', () => {
    const bench = new SpacesDriverBench()
    const before = bench.steps
    bench.rumor(update(honest))
    expect(bench.steps).toBeGreaterThan(before)
  })

  it('ignores rumors and cancels its timer once it is stopped', () => {
    const bench = new SpacesDriverBench()
    bench.calls.length = 0
    bench.driver.stop()
    expect(bench.calls).toEqual(['cancel timer'])
    expect(bench.rumor(update(honest))).toBe('ignore')
    expect(bench.text).toBe('')
  })

  it('says whether facts are signed, and reports no violation', async () => {
    const bench = new SpacesDriverBench()
    expect(await bench.driver.areSigned(space, [update(honest)])).toBe(true)
    expect(await bench.driver.areSigned(space, [update(honest), update(honest, idOf('liar'))])).toBe(false)
    expect(bench.violations).toEqual([])
  })
})

describe('a peer that exchanges more than any honest one', () => {
  const presence = (by: string, name: string, version: number, value: Json = 1): SpaceFact => {
    const draft = draftSpaceFact(by, { type: 'field', generation: 1, version, name, value })
    return { ...draft, signature: signatureOf(by, signedSpaceBytes(testTag, space, draft)) }
  }
  const documentRequest = { documents: [{ document: '', stateVector: Uint8Array.of(0) }] }
  const idsRequest = { storedIds: { buckets: undefined, ids: new Uint8Array(), mutual: true } }

  it('gets 64 MiB of answers at once, then 2 MiB a second, and an empty answer instead', () => {
    const bench = new SpacesDriverBench()
    bench.doc.getText('text').insert(0, 'x'.repeat(2_000_000))
    const bytesOfAnswers = (requests: number): number => {
      let bytes = 0
      for (let i = 0; i < requests; i++) {
        bench.frame(documentRequest)
        expect(bench.sent.length).toBeGreaterThan(0)
        bytes += bench.sent.splice(0).reduce((sum, { length }) => sum + length, 0)
      }
      return bytes / 1_048_576
    }
    const atOnce = bytesOfAnswers(80)
    expect([atOnce > 63, atOnce < 66]).toEqual([true, true])
    expect(bench.driver.usage().limited).toBeGreaterThan(10)
    const emptyStep = { space, facts: [], documents: [], storedIds: undefined }
    for (const request of [documentRequest, idsRequest]) {
      bench.frame(request)
      expect(bench.takeSteps()).toMatchObject([emptyStep])
    }
    // Facts of the peer still count.
    bench.frame({ ...idsRequest, facts: [presence(author, 'a', 1)] })
    expect(bench.driver.usage().facts).toBe(1)
    expect(bench.takeSteps()).toMatchObject([emptyStep])
    bench.nowMs = 1_000
    expect(bytesOfAnswers(10)).toBeLessThan(4)
    expect(bench.violations).toEqual([])
  })

  it('gets 2 MiB of answers to the requests of one frame, and empty answers to the others', () => {
    const bench = new SpacesDriverBench()
    bench.doc.getText('text').insert(0, 'x'.repeat(2_000_000))
    bench.frame(...Array.from({ length: 40 }, () => documentRequest))
    const bytes = bench.sent.reduce((sum, { length }) => sum + length, 0)
    expect([bytes > 2_097_152, bytes < 2 * 2_097_152]).toEqual([true, true])
    const steps = bench.takeSteps()
    expect(steps.filter(({ documents = [] }) => documents.length === 0).length).toBeGreaterThan(30)
    // The next frame gets answers again.
    bench.frame(documentRequest)
    expect(bench.takeSteps().some(({ documents = [] }) => documents.length > 0)).toBe(true)
  })

  it('gets no more answers after 64 MiB of requests at once', () => {
    const bench = new SpacesDriverBench()
    bench.frame({ facts: [presence(author, 'a', 1)] })
    bench.takeSteps()
    const ids = new Uint8Array(8 * 16_384)
    for (let i = 0; i < 520; i++) bench.frame({ storedIds: { buckets: new Set(), ids, mutual: false } })
    bench.takeSteps()
    bench.frame(idsRequest)
    expect(bench.takeSteps()).toMatchObject([{ facts: [], storedIds: undefined }])
    bench.nowMs = 1_000
    bench.frame(idsRequest)
    expect(bench.takeSteps()).toMatchObject([{ facts: [{ type: 'field' }] }])
  })

  it('has 16,384 rising versions of presence verified at once, then 512 a second; fields that are added do not count', () => {
    const bench = new SpacesDriverBench()
    const authors = Array.from({ length: 5 }, (_, i) => idOf(`${i}`))
    const step = (version: number) => ({
      facts: authors.flatMap(by => Array.from({ length: 200 }, (_, i) => presence(by, `${i}`, version))),
    })
    bench.frame(step(0))
    expect(bench.driver.takeExchanged(relay, 15_000)).toBe(true)
    for (let i = 1; i < 3; i++) bench.frame(step(i))
    expect([bench.driver.usage().facts, bench.verifications]).toEqual([1_000, 2_000])
    expect(bench.excessBytes).toBeGreaterThan(1_000)
    bench.nowMs = 2_000
    for (let i = 3; i < 5; i++) bench.frame(step(i))
    expect(bench.verifications).toBe(3_000)
    expect([bench.violations, bench.driver.usage().limited]).toEqual([[], 2])
  })

  it('adds no more clients to a document by updates in frames than by rumors', () => {
    const bench = new SpacesDriverBench()
    const clients = (from: number): Uint8Array => {
      const doc = new Y.Doc()
      for (let client = from; client < from + 1_000; client++) {
        doc.clientID = client
        doc.getMap('all').set(`${client}`, 1)
      }
      return Y.encodeStateAsUpdate(doc)
    }
    const updateBy = (by: string, bytes: Uint8Array): SpaceFact => {
      const draft = draftSpaceFact(by, { type: 'update', document: '', update: bytes })
      return { ...draft, signature: signatureOf(by, signedSpaceBytes(testTag, space, draft)) }
    }
    for (let i = 1; i <= 3; i++) bench.frame({ facts: [updateBy(relay, clients(i * 10_000))] })
    expect(bench.doc.store.clients.size).toBe(2_000)
    expect(bench.excessBytes).toBeGreaterThan(0)
  })
})

describe('a private room', () => {
  const room = privateRoomOf('design')
  const value = 'a-value-that-is-in-nothing-else'
  const body = { type: 'field', generation: 1, version: 1, name: 'note', value } as const

  it('is announced under a tag of this member, and nothing that is sent shows its content', () => {
    const bench = new SpacesDriverBench({ privateRoom: room })
    bench.driver.publish(room.space, [body])
    expect(bench.announced).toEqual([room.tagOf(self)])
    expect(bench.calls).toContain('publish')
    expect(bench.calls).toContain(`send space to ${insider}`)
    for (const bytes of bench.sent) expect(Buffer.from(bytes).toString('latin1')).not.toContain(value)
  })

  it('counts what cannot be opened: as a violation if a member of the room sent it, else as excess', () => {
    const bench = new SpacesDriverBench({ privateRoom: room })
    const rumor = encodeSpaceRumors([update(honest)])
    expect(bench.driver.rumor(room.space, relay, rumor)).toBe('reject')
    expect([bench.driver.usage().unopened, bench.violations, bench.excessBytes]).toEqual([
      1,
      [],
      rumor.length,
    ])
    bench.driver.frame(insider, encodeSpaceFrame([{ space: room.space, facts: [update(honest)] }]))
    expect([bench.driver.usage().unopened, bench.violations]).toEqual([2, [`undecodable ${insider}`]])
    expect(bench.text).toBe('')
  })
})
