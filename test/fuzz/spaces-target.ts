/**
 * Spaces target: random inputs of the spaces of one member, which is in a room with a document and in a shared config. Steps
 * and rumors arrive as bytes through the inbound pipeline, with facts of members and of strangers, some of them forged.
 */
import * as Y from 'yjs'
import type { Instant } from '../../packages/core/src/base/clock.ts'
import { ConfigReplica } from '../../packages/core/src/config/config-replica.ts'
import { RoomReplica } from '../../packages/core/src/rooms/room-replica.ts'
import { SpaceInbound } from '../../packages/core/src/runtime/space-inbound.ts'
import { DocumentSync } from '../../packages/core/src/spaces/documents/document-sync.ts'
import type { SpacesEffect } from '../../packages/core/src/spaces/space-outbox.ts'
import type { SpaceReplica } from '../../packages/core/src/spaces/space-replica.ts'
import { Spaces } from '../../packages/core/src/spaces/spaces.ts'
import { signedSpaceBytes } from '../../packages/core/src/wire/signing.ts'
import { decodeSpaceFrame, encodeSpaceFrame } from '../../packages/core/src/wire/space-codec.ts'
import type { SpaceFact } from '../../packages/core/src/wire/space-fact.ts'
import { signatureOf } from '../../packages/simulator/src/simulated-signature.ts'
import { mulberry32 } from '../helpers/mulberry32.ts'
import { testTag } from '../helpers/signed-facts.ts'
import { type Hosted, historyTarget } from './history.ts'
import { config, document, epochMs, ids, room, type SpacesInput, self, spacesInput } from './spaces-inputs.ts'
import type { Target } from './target.ts'

class HostedSpaces implements Hosted<SpacesInput> {
  readonly effects: SpacesEffect[] = []
  readonly #spaces: Spaces
  readonly #inbound: SpaceInbound
  readonly #connected = new Set<string>()
  readonly #members = new Set(ids.slice(1, 4))
  readonly #replicas = new Map<string, SpaceReplica>()
  /** The facts whose signatures were checked. */
  readonly #genuine = new WeakSet<SpaceFact>()
  #nowMs = 0

  constructor(seed: number) {
    const view = {
      self,
      connected: () => [...this.#connected],
      isNeighbour: () => false,
      isSettled: () => true,
      isReconnecting: () => false,
      memberIds: () => [...this.#members],
      member: (id: string) =>
        this.#members.has(id)
          ? {
              status: 'alive' as const,
              wasAlive: true,
              spaces: [room, config].map(space => ({ space, generation: 1 })),
            }
          : undefined,
    }
    this.#spaces = new Spaces({ view, random: mulberry32(seed), maxDeltaBytes: 49_152 }, 0)
    this.#inbound = new SpaceInbound({
      cluster: testTag,
      clock: { now: () => this.#now, setTimer: () => () => {} },
      keys: { verify: (author, bytes, signature) => isSame(signature, signatureOf(author, bytes)) },
      reporter: { reportViolation() {}, reportExcess() {} },
      receiver: {
        isSubscribed: space => this.#spaces.isSubscribed(space),
        admit: (space, fact) => this.#spaces.facts.admit(space, fact, this.#now),
        isWithinRates: rumor => this.#spaces.limits.takeRumor(rumor, this.#nowMs),
        takeExchanged: (from, facts) => this.#spaces.limits.takeExchanged(from, facts, this.#nowMs),
        takeRepeated: (from, facts) => this.#spaces.limits.takeRepeated(from, facts, this.#nowMs),
        steps: (from, steps) => this.#spaces.steps(from, steps, this.#now),
        rumors: (space, facts, from) => this.#spaces.rumors(space, facts, from, this.#now),
        privateRoom: () => undefined,
        unopened: () => this.#spaces.unopened(),
      },
    })
    for (const space of [room, config]) this.#enter(space)
  }

  handle(input: SpacesInput, nowMs: number): void {
    this.#nowMs = nowMs
    this.#dispatch(input)
    this.#endStep()
  }

  advance(nowMs: number): void {
    this.#nowMs = nowMs
    this.#spaces.advance(this.#now)
    this.#endStep()
  }

  deadlineMs(): number {
    return this.#spaces.deadlineMs()
  }

  #dispatch(input: SpacesInput): void {
    const now = this.#now
    switch (input.type) {
      case 'frame':
        this.#inbound.frame(input.from, input.bytes)
        break
      case 'rumor':
        void this.#inbound.rumor(input.space, input.from, input.bytes)
        break
      case 'connection':
        if (input.state === 'open') this.#connected.add(input.id)
        else if (input.state === 'closed' || input.state === 'released') this.#connected.delete(input.id)
        this.#spaces.connectionChanged(input.id, input.state, now)
        break
      case 'member-changed':
        if (input.isIn) this.#members.add(input.id)
        else this.#members.delete(input.id)
        this.#spaces.memberChanged(input.id, now)
        break
      case 'enter':
        if (!this.#replicas.has(input.space)) this.#enter(input.space)
        break
      case 'leave':
        this.#replicas.delete(input.space)
        this.#spaces.leave(input.space, now)
        break
      case 'request':
        this.#spaces.request(input.space, document, now)
        break
      case 'request-ids':
        this.#spaces.requestFactIds(input.space, now)
        break
      case 'regroup':
        this.#spaces.regroup(input.space, now)
        break
    }
  }

  #enter(space: string): void {
    const replica = space === room ? this.#roomReplica() : configReplica()
    this.#replicas.set(space, replica)
    this.#spaces.enter(space, replica, 1, this.#now)
  }

  #roomReplica(): RoomReplica {
    const of = (id: string) => {
      const isIn = this.#members.has(id)
      return isIn ? { status: 'alive' as const, wasAlive: true, generation: 1 } : undefined
    }
    const replica = new RoomReplica({
      self,
      spaceRoster: { of },
      others: () => this.#spaces.members.othersIn(room),
      suspects: () => [],
      listener: {
        presenceChanged() {},
        eventArrived() {},
        carriedChanged() {},
        unreachable: () => new Set(),
      },
    })
    const doc = new Y.Doc({ guid: '' })
    doc.clientID = 99
    doc.getText('text').insert(0, 'hello')
    replica.documents.set(document, new DocumentSync({ name: document, doc, origin: 'remote' }))
    return replica
  }

  #endStep(): void {
    this.#spaces.takeTouched()
    for (const effect of this.#spaces.take()) {
      this.effects.push(effect)
      if (effect.type === 'send-steps' && !decodeSpaceFrame(encodeSpaceFrame(effect.steps)).ok)
        throw new Error('a step that no member can decode')
    }
    const { facts, transfers } = this.#spaces.usage()
    // Each history has at most 40 inputs of four facts.
    if (facts > 400 || transfers > 2 * ids.length * 8)
      throw new Error(`${facts} facts, ${transfers} transfers`)
    for (const [space, { facts }] of this.#replicas)
      for (const { fact } of facts.all()) if (!this.#genuine.has(fact)) this.#checkSignature(space, fact)
  }

  #checkSignature(space: string, fact: SpaceFact): void {
    if (!isSame(fact.signature, signatureOf(fact.author, signedSpaceBytes(testTag, space, fact))))
      throw new Error(`a forged ${fact.type} was stored`)
    this.#genuine.add(fact)
  }

  get #now(): Instant {
    return { monotonicMs: this.#nowMs, epochMs: epochMs + this.#nowMs }
  }
}

function configReplica(): ConfigReplica {
  return new ConfigReplica({
    self,
    mayWrite: () => true,
    retentionMs: 86_400_000,
    merged() {},
    quarantined() {},
    dropped() {},
    forgotten() {},
  })
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

export const spacesTarget: Target = historyTarget('spaces', spacesInput, seed => new HostedSpaces(seed))
