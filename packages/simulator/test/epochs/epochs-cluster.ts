/**
 * Epochs cluster: members that write one document through all kinds of faults, and the record of their writes.
 *
 * Each write is one character that only this write inserts and no member deletes: into a text, as a value of a list and as
 * the key of a map. So a lost or duplicated write shows in the end. Other types get random edits.
 */
import type { Room, RoomDocument } from '@hearsay/core'
import * as Y from 'yjs'
import { createSimulation, type Simulation, type StorageFault } from '../../src/index.ts'

export type Random = () => number

const below = (random: Random, count: number): number => Math.floor(random() * count)
export const pick = <T>(random: Random, from: readonly T[]): T | undefined => from[below(random, from.length)]

/** The clients of a burst: more than an epoch needs. */
const pastClients = 1_100
/** The first of the tokens, one for each write: Chinese characters. */
const firstToken = 0x4e00

/** A burst of clients. Each client wrote a letter, and set and deleted its own key. */
const bursts: Uint8Array[] = []

function burst(index: number): Uint8Array {
  const known = bursts[index]
  if (known) return known
  const doc = new Y.Doc()
  for (let client = 0; client < pastClients; client++) {
    doc.clientID = (index + 1) * 100_000 + client
    doc.transact(() => {
      doc.getText('burst').insert(0, 'x')
      doc.getMap('here').set(`client ${client % 50}`, client)
      if (client % 3 === 0) doc.getMap('here').delete(`client ${client % 50}`)
    })
  }
  const update = Y.encodeStateAsUpdate(doc)
  bursts[index] = update
  return update
}

const edits: readonly ((doc: Y.Doc, random: Random) => void)[] = [
  (doc, random) => {
    const text = doc.getText('text')
    text.insert(below(random, text.length + 1), `${below(random, 1_000)} `)
  },
  (doc, random) => {
    const text = doc.getText('text')
    const at = below(random, text.length + 1)
    text.delete(at, below(random, text.length - at + 1))
  },
  (doc, random) => {
    const text = doc.getText('text')
    const at = below(random, text.length + 1)
    text.format(at, below(random, text.length - at + 1), { bold: random() < 0.5 || null })
  },
  (doc, random) => {
    const inner = new Y.Map()
    inner.set('nested', new Y.Text(`${below(random, 1_000)}`))
    doc.getMap('map').set(`key ${below(random, 4)}`, random() < 0.5 ? inner : below(random, 1_000))
  },
  (doc, random) => {
    const inner = doc.getMap('map').get(`key ${below(random, 4)}`)
    const nested = inner instanceof Y.Map ? inner.get('nested') : undefined
    if (nested instanceof Y.Text) nested.insert(below(random, nested.length + 1), 'n')
  },
  (doc, random) => doc.getMap('map').delete(`key ${below(random, 4)}`),
  (doc, random) => {
    const array = doc.getArray('array')
    const at = below(random, array.length + 1)
    if (random() < 0.6) array.insert(at, [below(random, 1_000), { n: below(random, 1_000) }])
    else array.delete(at, below(random, Math.min(4, array.length - at + 1)))
  },
  (doc, random) => {
    const xml = doc.getXmlFragment('xml')
    const element = new Y.XmlElement('p')
    element.setAttribute('class', `${below(random, 10)}`)
    if (xml.length < 5) xml.insert(below(random, xml.length + 1), [element, new Y.XmlText('xml')])
    else xml.delete(below(random, xml.length), 1)
  },
]

function tokensOf(doc: Y.Doc): string[] {
  return [...doc.getText('tokens').toString()]
}

export function contentOf(doc: Y.Doc): unknown {
  return {
    tokens: doc.getText('tokens').toString(),
    token: sorted(doc.getMap('token')),
    list: doc.getArray('list').toJSON(),
    burst: doc.getText('burst').length,
    here: sorted(doc.getMap('here')),
    text: doc.getText('text').toDelta(),
    map: sorted(doc.getMap('map')),
    array: doc.getArray('array').toJSON(),
    xml: doc.getXmlFragment('xml').toString(),
  }
}

const sorted = (map: Y.Map<unknown>): unknown =>
  Object.entries(map.toJSON()).sort(([a], [b]) => (a < b ? -1 : 1))

/** One member, running or not. */
export class EpochsMember {
  readonly name: string
  readonly hasStorage: boolean
  room: Room | undefined
  open: RoomDocument | undefined
  /** The tokens of its replica while it is closed. */
  closed: ReadonlySet<string> = new Set()
  /** The app left the room, so only the store contains the replica. */
  isLeft = false
  /** The tokens that the store acknowledged. */
  stored: ReadonlySet<string> = new Set()
  readonly epochs: number[] = []

  constructor(name: string, hasStorage: boolean) {
    this.name = name
    this.hasStorage = hasStorage
  }
}

export class EpochsCluster {
  readonly simulation: Simulation
  readonly members: readonly EpochsMember[]
  readonly #random: Random
  /** The tokens that must exist somewhere in the end. */
  readonly #written = new Set<string>()
  /** The tokens in replicas that were handed over. */
  readonly #handedOver = new Set<string>()
  #tokens = 0
  #bursts = 0
  readonly log: string[] = []

  constructor(seed: number, members: number, random: Random) {
    this.simulation = createSimulation({ seed, members, start: 'warm', invariants: 'off' })
    this.#random = random
    this.members = this.simulation.members.map(
      ({ name }, i) => new EpochsMember(name, i === 0 || random() < 0.7),
    )
  }

  get handedOver(): number {
    return this.#handedOver.size
  }

  note(what: string): void {
    this.log.push(`${Math.round(this.simulation.nowMs)} ${what}`)
  }

  isRunning({ name }: EpochsMember): boolean {
    return this.simulation.member(name).isRunning
  }

  async open(member: EpochsMember): Promise<void> {
    if (!this.isRunning(member) || member.open) return
    const { cluster } = this.simulation.member(member.name)
    const room = await cluster.room('epochs')
    const document = room.document('notes')
    member.room = room
    member.open = document
    member.isLeft = false
    document.provider.on('epoch', ({ number }) => {
      this.note(`${member.name} enters epoch ${number}`)
      member.epochs.push(number)
    })
    document.provider.on('superseded', ({ update }) => {
      this.note(`${member.name} is superseded`)
      this.#handOver(update)
    })
    for (const update of document.provider.superseded) this.#handOver(update)
  }

  close(member: EpochsMember, how: 'destroy' | 'leave'): void {
    const { open, room } = member
    if (!open) return
    member.closed = new Set(tokensOf(open.doc))
    member.open = undefined
    member.isLeft = how === 'leave'
    if (how === 'destroy') open.provider.destroy()
    else room?.leave()
  }

  /** Ends the process. Tokens that no other member has are no longer expected. */
  async stop(member: EpochsMember, { isStored = false }: { isStored?: boolean } = {}): Promise<void> {
    if (!this.isRunning(member)) return
    if (isStored && member.open) {
      const tokens = new Set(tokensOf(member.open.doc))
      const { processNumber } = this.simulation.member(member.name)
      member.open.provider.stored().then(
        () => {
          if (this.simulation.member(member.name).processNumber === processNumber) member.stored = tokens
        },
        () => {},
      )
      await this.simulation.run(500)
      if (!this.isRunning(member)) return
    }
    for (const update of member.open?.provider.superseded ?? []) this.#handOver(update)
    member.open = undefined
    member.closed = new Set()
    this.simulation.crash(member.name)
    this.#forgetLost()
  }

  start(member: EpochsMember): void {
    if (this.isRunning(member)) return
    if (!member.hasStorage) member.stored = new Set()
    this.simulation.restart(member.name, { keepStorage: member.hasStorage })
    this.#forgetLost()
  }

  fail(member: EpochsMember, fault: StorageFault): void {
    const repair = this.simulation.failStorage(member.name, fault)
    if (fault.type === 'deleted') {
      member.stored = new Set()
      if (member.isLeft) member.closed = new Set()
      this.#forgetLost()
    }
    this.simulation.after(this.#random() * 20_000, repair)
  }

  edit({ open }: EpochsMember): void {
    if (!open) return
    const { doc } = open
    const random = this.#random
    if (random() < 0.5) {
      pick(random, edits)?.(doc, random)
      return
    }
    const token = String.fromCharCode(firstToken + this.#tokens)
    this.#tokens += 1
    this.#written.add(token)
    doc.transact(() => {
      const text = doc.getText('tokens')
      text.insert(below(random, text.length + 1), token)
      doc.getArray('list').insert(below(random, doc.getArray('list').length + 1), [token])
      doc.getMap('token').set(token, 1)
    })
  }

  bring({ open, name }: EpochsMember): void {
    if (!open) return
    this.note(`${name} brings clients`)
    Y.applyUpdate(open.doc, burst(this.#bursts))
    this.#bursts += 1
  }

  get bursts(): number {
    return this.#bursts
  }

  /** The problems of the final state. */
  problems(): string[] {
    const problems: string[] = []
    const docs = this.members.flatMap(({ open }) => (open ? [open.doc] : []))
    const shown = new Set(docs.map(doc => JSON.stringify(contentOf(doc))))
    if (shown.size !== 1) problems.push(`${shown.size} contents`)
    const [doc] = docs
    if (!doc) return ['no member has it open']
    const tokens = tokensOf(doc)
    const found = new Set(tokens)
    const missing = [...this.#written].filter(token => !found.has(token) && !this.#handedOver.has(token))
    if (missing.length > 0) problems.push(`missing ${missing.join('')}`)
    if (found.size !== tokens.length) problems.push(`twice: ${tokens.sort().join('')}`)
    const list = doc.getArray('list').toArray().map(String)
    if (new Set(list).size !== list.length) problems.push('twice in the list')
    const unlisted = tokens.filter(token => !list.includes(token) || !doc.getMap('token').has(token))
    if (unlisted.length > 0) problems.push(`not in list and map: ${unlisted.join('')}`)
    if (doc.getText('burst').length > this.#bursts * pastClients) problems.push('a burst came twice')
    for (const { open, name } of this.members)
      if (open?.doc.store.pendingStructs || open?.doc.store.pendingDs) problems.push(`${name} waits for more`)
    return problems
  }

  #handOver(update: Uint8Array): void {
    const doc = new Y.Doc()
    Y.applyUpdate(doc, update)
    for (const token of tokensOf(doc)) this.#handedOver.add(token)
  }

  #forgetLost(): void {
    const found = new Set(this.#handedOver)
    for (const { open, closed, stored } of this.members) {
      for (const token of [...closed, ...stored]) found.add(token)
      if (open) for (const token of tokensOf(open.doc)) found.add(token)
    }
    for (const token of this.#written) if (!found.has(token)) this.#written.delete(token)
  }
}
