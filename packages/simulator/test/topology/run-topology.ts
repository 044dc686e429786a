/**
 * Run topology: the random schedule of one seed, and the conditions that must hold during and after it.
 *
 * Equal seeds do exactly the same. A violation is thrown, with the line that replays it.
 */
import { type Random, randomStream } from '../../src/random-stream.ts'
import { drawTopology, pick, type Topology } from './draw-topology.ts'
import { digestOf } from './replica-state.ts'
import { TopologyCluster } from './topology-cluster.ts'
import type { TopologyMember } from './topology-member.ts'

const maxSteps = 30
const maxStepMs = 2_000
/** Our choice: the time to heal a partition, and some syncs. */
const calmMs = 60_000
/** Our choice, as for the schedules of `explore`. */
const equalWithinMs = 150_000
/** The interval at which all members are compared: a comparison takes longer than a simulated second. */
const lookMs = 1_000
const maxReported = 12
/**
 * The time until the traffic of the last steps ends. Our choice, for three reasons. A carrier stops 90 s after the end of
 * the partition that made it necessary. Then holders look for connections without the carrier, and may request carriers
 * again. Syncs become rare within a minute.
 */
const settlesMinutes = 6
const idleMinutes = 4
/**
 * The maximum number of bytes that an idle member may send in a minute. Our choice: three times what a member
 * sends in an idle room of 40 members.
 */
const maxIdleBytes = 750

export interface TopologyOptions {
  /** Whether the run ends with five idle minutes, in which the traffic is checked. */
  readonly isIdleChecked: boolean
}

/** @returns the hash of the trace until all were equal */
export async function runTopology(seed: number, { isIdleChecked }: TopologyOptions): Promise<string> {
  const random = randomStream(seed, 'topology')
  const topology = drawTopology(random)
  const fixture = new TopologyCluster(seed, topology, random)
  try {
    await fixture.begin()
    const steps = 10 + Math.floor(random() * (maxSteps - 10))
    for (let step = 0; step < steps; step++) {
      for (const member of fixture.members) write(member, random)
      await act(fixture, random)
      await fixture.simulation.run(Math.floor(random() * maxStepMs))
      fixture.check.tick()
      failOn(fixture.check.violations)
    }
    await fixture.calm()
    await becomeEqual(fixture)
    failOn(fixture.check.violations)
    failOn(fixture.members.filter(({ isInRoom }) => isInRoom).flatMap(lost))
    const { hash } = fixture.simulation.trace
    if (isIdleChecked) await checkIdle(fixture)
    return hash
  } catch (error) {
    if (error instanceof Error) error.message = `${describe(seed, topology)}\n${error.message}`
    throw error
  }
}

function write(member: TopologyMember, random: Random): void {
  if (!member.isInRoom) return
  while (random() < 0.3) member.edit(random)
  if (random() < 0.2) member.show(random)
  if (random() < 0.1) member.configure(random)
}

/** Applies a random fault to the network or to one member. */
async function act(fixture: TopologyCluster, random: Random): Promise<void> {
  const chance = random()
  if (chance < 0.06) fixture.partition()
  else if (chance < 0.16) fixture.heal()
  else if (chance < 0.22) fixture.dropGossip()
  else if (chance < 0.26) await fixture.add()
  else if (chance < 0.28) await beCalm(fixture)
  else {
    const member = pick(fixture.members, random)
    if (!member) return
    if (!member.isRunning) await fixture.restart(member)
    else if (chance < 0.34) await fixture.restart(member)
    else if (chance < 0.37) fixture.crash(member)
    else if (chance < 0.4) fixture.leaveCluster(member)
    else if (chance < 0.7) await visit(fixture, member, random)
  }
}

/** Joins or leaves the room, opens or closes its document. */
async function visit(fixture: TopologyCluster, member: TopologyMember, random: Random): Promise<void> {
  const provider = member.document?.provider
  if (!member.isInRoom) {
    await member.enter()
    if (random() < 0.7) fixture.open(member)
  } else if (!provider) fixture.open(member)
  else if (provider.status === 'disconnected') {
    provider.connect()
    fixture.check.opened(member)
  } else if (random() < 0.4) provider.disconnect()
  else if (random() < 0.5) {
    provider.destroy()
    member.document = undefined
  } else member.leaveRoom()
}

async function beCalm(fixture: TopologyCluster): Promise<void> {
  const before = fixture.check.remember()
  await fixture.simulation.run(calmMs)
  fixture.check.checkCalm(before)
}

async function becomeEqual(fixture: TopologyCluster): Promise<void> {
  const { simulation } = fixture
  const untilMs = simulation.nowMs + equalWithinMs
  let found = differences(fixture)
  while (found.length > 0) {
    if (simulation.nowMs >= untilMs)
      throw new Error(
        [`not equal after ${equalWithinMs} ms of quiet:`, ...found.slice(0, maxReported)].join('\n'),
      )
    await simulation.run(lookMs)
    failOn(fixture.check.violations)
    found = differences(fixture)
  }
}

/** Each replica, config and presence that differs from those of the others, one line each. */
function differences({ inRoom, holders }: TopologyCluster): string[] {
  const [firstDigest] = holders.map(({ document }) => document && digestOf(document.doc))
  const [firstConfig] = inRoom.map(({ config }) => JSON.stringify(sorted(config?.entries.getSnapshot())))
  return inRoom.flatMap(member => {
    const { name, document, config } = member
    const found: string[] = []
    if (holders.includes(member) && document) {
      if (digestOf(document.doc) !== firstDigest)
        found.push(`${name} has another document than ${holders[0]?.name}`)
      if (!document.provider.synced) found.push(`${name} is not synced`)
    }
    if (JSON.stringify(sorted(config?.entries.getSnapshot())) !== firstConfig)
      found.push(`${name} has another config than ${inRoom[0]?.name}`)
    for (const other of inRoom)
      if (
        other !== member &&
        shownOf(member, other) !== JSON.stringify(sorted(other.room?.presence.own.getSnapshot()))
      )
        found.push(`${name} shows ${shownOf(member, other) ?? 'nothing'} of ${other.name}`)
    const here = inRoom.map(({ id }) => id)
    for (const { id } of member.room?.presence.others.getSnapshot() ?? [])
      if (!here.includes(id)) found.push(`${name} shows ${id}, which is not in the room`)
    return found
  })
}

function shownOf(member: TopologyMember, other: TopologyMember): string | undefined {
  const shown = member.room?.presence.others.getSnapshot().find(({ id }) => id === other.id)
  return shown && JSON.stringify(sorted(shown.presence))
}

const sorted = (fields: object | undefined): unknown =>
  Object.entries(fields ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))

const lost = (member: TopologyMember): string[] =>
  member.missing().map(what => `${member.name}: acknowledged and missing: ${what}`)

/** The traffic ends: several minutes in a row have little traffic, and no transfer is left. */
async function checkIdle({ simulation }: TopologyCluster): Promise<void> {
  const perMember: number[] = []
  const areIdle = (): boolean =>
    perMember.length >= idleMinutes && perMember.slice(-idleMinutes).every(bytes => bytes <= maxIdleBytes)
  while (!areIdle()) {
    if (perMember.length >= settlesMinutes + idleMinutes)
      throw new Error(`idle, a member sends in each minute on the space channel ${perMember.join(', ')} B`)
    const before = simulation.sent().space
    await simulation.run(60_000)
    perMember.push(Math.round((simulation.sent().space - before) / simulation.running.length))
  }
  const transfers = simulation.running.filter(({ driver }) => (driver.spacesUsage()?.transfers ?? 0) > 0)
  failOn(transfers.map(({ name }) => `${name} has a transfer under way in idle`))
}

function failOn(problems: readonly string[]): void {
  if (problems.length > 0) throw new Error(problems.join('\n'))
}

const describe = (seed: number, { shape, start, members, room, holders, cuts }: Topology): string =>
  [
    `seed ${seed}: ${shape}, ${start}, ${members} members, ${room.length} in the room, ${holders.length} of them`,
    `with the document, ${cuts.pairs.length} pairs cut; to replay:`,
    `HEARSAY_SEED=${seed} npx pnpm exec vitest run --project @hearsay/simulator scenarios/topology`,
  ].join(' ')
