/**
 * Draw schedule: a random schedule from a seed, with faults that a cluster has to survive.
 *
 * The first member is the bootstrap of all others: it always restarts, and at its old address.
 */
import { type Random, randomStream } from '../random-stream.ts'
import { type Fault, faultWeights, type Schedule } from './schedule.ts'

const maxMembers = 24
const maxFaults = 12
const spanMs = 180_000

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
  const ms = drawMs(random, 200, 90_000)
  switch (type) {
    case 'partition':
      return { type, groups: drawGroups(names, random), ms }
    case 'cut':
      return { type, from: member, to: pick(names, random), oneWay: coin(), ms }
    case 'loss':
      return { type, rate: round(random() * 0.6), retransmitted: coin(0.7), ms }
    case 'delay':
      return { type, delay: { type: 'exponential', minMs: 1, meanMs: drawMs(random, 2, 800) }, ms }
    case 'duplicate':
    case 'reorder':
    case 'drop-gossip':
      return { type, rate: coin() ? 1 : round(random()), ms }
    case 'pause':
    case 'throttle':
      return { type, member, ms }
    case 'sleep':
      return { type, member, monotonicStops: coin(), ms: drawMs(random, 1_000, 1_800_000) }
    case 'skew':
      return { type, member, aheadMs: (coin() ? 1 : -1) * drawMs(random, 100, 20 * 3_600_000) }
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
  }
}

function drawGroups(names: readonly string[], random: Random): string[][] {
  const groups: string[][] = random() < 0.8 ? [[], []] : [[], [], []]
  for (const name of names) pick(groups, random).push(name)
  return groups
}

/** Uniform on a logarithmic scale, so that short durations are as frequent as long ones. */
function drawMs(random: Random, minMs: number, maxMs: number): number {
  return Math.round(minMs * (maxMs / minMs) ** random())
}

function pick<T>(values: readonly T[], random: Random): T {
  return values[Math.floor(random() * values.length)] as T
}

function round(rate: number): number {
  return Math.round(rate * 100) / 100
}
