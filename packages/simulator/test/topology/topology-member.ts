/**
 * Topology member: one member's room, document and config, and its acknowledged writes.
 *
 * An acknowledged write must survive as long as the member's storage: here no storage is ever lost.
 */
import type { Config, Room, RoomDocument } from '@hearsay/core'
import type { Simulation } from '../../src/index.ts'
import type { Random } from '../../src/random-stream.ts'

interface Shown {
  cursor: number
  note: string
}

export class TopologyMember {
  readonly name: string
  readonly #simulation: Simulation
  room: Room<Shown> | undefined
  config: Config | undefined
  document: RoomDocument | undefined
  isLeaving = false
  /** By key, of the entries that only this member writes: the latest acknowledged value. */
  readonly storedEntries = new Map<string, number>()
  /** Keys set in the document before a `stored()` that resolved. */
  readonly storedTokens = new Set<string>()
  #writes = 0

  constructor(name: string, simulation: Simulation) {
    this.name = name
    this.#simulation = simulation
  }

  get id(): string {
    return this.#simulation.member(this.name).id
  }

  /** Whether the member runs. A member that is leaving counts as stopped. */
  get isRunning(): boolean {
    return !this.isLeaving && this.#simulation.member(this.name).isRunning
  }

  get isInRoom(): boolean {
    return this.isRunning && this.room !== undefined
  }

  /** Whether the member has the document open and connected. */
  get isHolder(): boolean {
    return this.isInRoom && this.document?.provider.status === 'connected'
  }

  async enter(): Promise<void> {
    const { cluster } = this.#simulation.member(this.name)
    const [room, config] = await Promise.all([cluster.room<Shown>('design'), cluster.config('flags')])
    this.room = room
    this.config = config
  }

  open(): RoomDocument | undefined {
    this.document = this.room?.document('notes')
    return this.document
  }

  leaveRoom(): void {
    this.room?.leave()
    this.config?.leave()
    this.ended()
  }

  /** The process ended, or left the room. */
  ended(): void {
    this.room = undefined
    this.config = undefined
    this.document = undefined
  }

  edit(random: Random): void {
    if (!this.document) return
    const { doc, provider } = this.document
    const text = doc.getText('text')
    const at = Math.floor(random() * (text.length + 1))
    const chance = random()
    if (chance < 0.5) text.insert(at, random().toString(36).slice(2, 8))
    else if (chance < 0.75) text.delete(at, Math.floor(random() * Math.min(12, text.length - at + 1)))
    else doc.getMap('map').set(`key ${Math.floor(random() * 4)}`, Math.floor(random() * 1_000))
    if (random() >= 0.2) return
    const token = `${this.name} ${++this.#writes}`
    doc.getMap('stored').set(token, true)
    provider.stored().then(
      () => this.storedTokens.add(token),
      () => {},
    )
  }

  show(random: Random): void {
    const note = random() < 0.3 ? undefined : random().toString(36).slice(2, 8)
    this.room?.presence.set({ cursor: Math.floor(random() * 1_000), note })
  }

  configure(random: Random): void {
    if (!this.config) return
    const value = ++this.#writes
    if (random() < 0.3) {
      this.config.set('everybody’s', `${this.name} ${value}`).catch(() => {})
      return
    }
    const key = `${this.name} ${Math.floor(random() * 2)}`
    this.config.set(key, value).then(
      () => this.storedEntries.set(key, value),
      () => {},
    )
  }

  /** Acknowledged writes that are missing, one line each. */
  missing(): string[] {
    const entries = [...this.storedEntries].filter(([key, value]) => {
      const shown = this.config?.get(key)
      return this.config !== undefined && !(typeof shown === 'number' && shown >= value)
    })
    const tokens = [...this.storedTokens].filter(
      token => this.document !== undefined && !this.document.doc.getMap('stored').has(token),
    )
    return [
      ...entries.map(([key, value]) => `config entry '${key}', ${value}`),
      ...tokens.map(token => `edit '${token}'`),
    ]
  }
}
