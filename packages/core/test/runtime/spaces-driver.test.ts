import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { mulberry32 } from '../../../../test/helpers/mulberry32.ts'
import { idOf, testTag } from '../../../../test/helpers/signed-facts.ts'
import { signatureOf } from '../../../simulator/src/simulated-signature.ts'
import { RoomReplica } from '../../src/rooms/room-replica.ts'
import { AppNotifications } from '../../src/runtime/app-notifications.ts'
import { SpacesDriver } from '../../src/runtime/spaces-driver.ts'
import { DocumentSync } from '../../src/spaces/documents/document-sync.ts'
import { signedSpaceBytes } from '../../src/wire/signing.ts'
import { encodeSpaceFrame, encodeSpaceRumors } from '../../src/wire/space-codec.ts'
import { draftSpaceFact, type SpaceFact } from '../../src/wire/space-fact.ts'
import { spaceTag } from '../../src/wire/tags.ts'

const self = idOf('self')
const author = idOf('author')
const relay = idOf('relay')
const space = spaceTag(testTag, 'room', 'design')

/** A member in a room with one document, with a stopped clock. */
class Bench {
  readonly violations: string[] = []
  readonly doc = new Y.Doc()
  readonly driver: SpacesDriver

  constructor() {
    const now = { monotonicMs: 0, epochMs: 1_700_000_000_000 }
    const clock = { now: () => now, setTimer: () => () => {} }
    this.driver = new SpacesDriver({
      view: {
        self,
        connected: () => [relay],
        isNeighbour: () => true,
        isSettled: () => true,
        memberIds: () => [],
        member: () => undefined,
      },
      cluster: testTag,
      clock,
      notifications: new AppNotifications(clock),
      transport: {
        send() {},
        publish() {},
        subscribe() {},
        unsubscribe() {},
        subscribers: () => [],
        dial() {},
        dialBootstrap() {},
        disconnect() {},
        setAddresses() {},
        networkChanged() {},
        withoutPubsub: () => [],
      },
      keys: {
        sign: bytes => signatureOf(self, bytes),
        verify: (id, bytes, signature) => Buffer.compare(signatureOf(id, bytes), signature) === 0,
      },
      random: mulberry32(1),
      membership: {
        announceSpaces() {},
        setExtraPeers() {},
        reportViolation: (from, violation) => this.violations.push(`${violation} ${from}`),
      },
    })
    const content = new RoomReplica({
      self,
      spaceRoster: { of: () => undefined },
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
    this.driver.enter(space, content, { stepped() {} }, 1)
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
    const bench = new Bench()
    expect(bench.rumor(update(honest))).toBe('accept')
    expect([bench.text, bench.driver.usage().rejected, bench.violations]).toEqual(['hello', 0, []])
  })

  it('is rejected and counted if it is unreadable, without a violation of the member that forwarded it', () => {
    const bench = new Bench()
    expect(bench.rumor(update(garbage))).toBe('ignore')
    expect([bench.text, bench.driver.usage().rejected, bench.violations]).toEqual(['', 1, []])
  })

  it('counts as a violation of the member that forwarded it if its signature is invalid', () => {
    const bench = new Bench()
    expect(bench.rumor(update(honest, idOf('liar')))).toBe('reject')
    expect([bench.text, bench.violations]).toEqual(['', [`bad-signature ${relay}`]])
  })

  it('is rejected and counted in a sync as well', () => {
    const bench = new Bench()
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
