/**
 * Draw schedule: a random schedule from a seed, with faults that a cluster has to survive.
 *
 * The first member is the bootstrap of all others: it always restarts, at its old address, and is never hostile.
 */
import { type Random, randomStream } from '../random-stream.ts'
import { type Fault, faultWeights, type HostileAttack, type Schedule } from './schedule.ts'

const maxMembers = 24
const maxFaults = 12
const spanMs = 180_000
/** Our choice: with fewer members, one or two hostile ones are too large a share. */
const minMembersWithHostile = 6
const hostileRate = 0.5
const maxHostile = 2

/** Draws the schedule of a seed: equal seeds give equal schedules. */
export function drawSchedule(seed: number): Schedule {
  const random = randomStream(seed, 'schedule')
  const members = 2 + Math.floor(random() ** 2 * (maxMembers - 1))
  const count = 1 + Math.floor(random() * maxFaults)
  const faults = Array.from({ length: count }, () => ({
    // Some faults begin while the members still find each other.
    atMs: Math.floor(random() * spanMs),
    fault: drawFault(members, random),
  }))
  faults.push(...drawHostile(members, randomStream(seed, 'hostile members')))
  return { seed, members, faults: faults.sort((a, b) => a.atMs - b.atMs) }
}

const types = Object.entries(faultWeights).flatMap(([type, weight]) =>
  Array.from({ length: weight }, () => type as Fault['type']),
)

function drawFault(members: number, random: Random): Fault {
  const type = pick(types, random)
  const names = Array.from({ length: members }, (_, i) => `m${i}`)
  const member = pick(names, random)
  const isBootstrap = member === 'm0'
  const coin = (rate = 0.5) => random() < rate
  const ms = drawLogarithmic(random, 200, 90_000)
  switch (type) {
    case 'partition':
      return { type, groups: drawGroups(names, random), ms }
    case 'cut':
      return { type, from: member, to: pick(names, random), oneWay: coin(), ms }
    case 'loss':
      return { type, rate: round(random() * 0.6), retransmitted: coin(0.7), ms }
    case 'delay':
      return { type, delay: { type: 'exponential', minMs: 1, meanMs: drawLogarithmic(random, 2, 800) }, ms }
    case 'duplicate':
    case 'reorder':
    case 'drop-gossip':
      return { type, rate: coin() ? 1 : round(random()), ms }
    case 'pause':
    case 'throttle':
      return { type, member, ms }
    case 'sleep':
      return { type, member, monotonicStops: coin(), ms: drawLogarithmic(random, 1_000, 1_800_000) }
    case 'skew':
      return { type, member, aheadMs: (coin() ? 1 : -1) * drawLogarithmic(random, 100, 20 * 3_600_000) }
    case 'crash':
      return {
        type,
        member,
        powerLoss: coin(0.3),
        keepStorage: coin(0.8),
        newAddress: !isBootstrap && coin(0.3),
        ms: !isBootstrap && coin(0.3) ? null : ms,
      }
    case 'leave':
      return { type, member, ms: !isBootstrap && coin() ? null : ms }
    case 'change-network':
      return isBootstrap ? { type: 'pause', member, ms } : { type, member, othersNotice: coin(), ms }
    case 'join':
      return { type }
    case 'update':
      return { type, member }
    case 'hostile':
      return { type, member, attack: drawAttack(random) }
  }
}

/** One or two hostile members in some schedules, from a stream of their own: the other faults of a seed stay the same. */
function drawHostile(members: number, random: Random): { atMs: number; fault: Fault }[] {
  if (members < minMembersWithHostile || random() >= hostileRate) return []
  const count = 1 + Math.floor(random() * maxHostile)
  const names = new Set(Array.from({ length: count }, () => `m${1 + Math.floor(random() * (members - 1))}`))
  return [...names].map(member => ({
    atMs: Math.floor(random() * spanMs),
    fault: { type: 'hostile', member, attack: drawAttack(random) },
  }))
}

function drawAttack(random: Random): HostileAttack {
  const type = pick(['lie', 'withhold', 'invent-identities', 'flood-records'] as const, random)
  switch (type) {
    case 'lie':
    case 'withhold':
      return { type }
    case 'invent-identities':
      return { type, perSecond: drawLogarithmic(random, 1, 4), refuting: random() < 0.3 }
    case 'flood-records':
      return { type, perSecond: drawLogarithmic(random, 1, 10) }
  }
}

function drawGroups(names: readonly string[], random: Random): string[][] {
  const groups: string[][] = random() < 0.8 ? [[], []] : [[], [], []]
  for (const name of names) pick(groups, random).push(name)
  return groups
}

/** Uniform on a logarithmic scale, so that small values are as frequent as large ones. */
function drawLogarithmic(random: Random, min: number, max: number): number {
  return Math.round(min * (max / min) ** random())
}

function pick<T>(values: readonly T[], random: Random): T {
  return values[Math.floor(random() * values.length)] as T
}

function round(rate: number): number {
  return Math.round(rate * 100) / 100
}
