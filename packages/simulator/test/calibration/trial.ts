/** Trial: what is done to a gossip subject, and the figures that come of it. The same for the real and the modelled. */
import { emptyTally, type GossipSubject, type GossipTally, type StartSubject } from './gossip-subject.ts'
import type { Topology } from './topology.ts'

export interface TrialFigures {
  /** From one message to the next, as it came out: a busy machine takes longer than it was told. */
  readonly spacingMs: number
  readonly mesh: MeshFigures
  /** Messages of 150 B. */
  readonly small: SpreadFigures
  /** Messages of 1 kB: of these members say at once that they have them. */
  readonly large: SpreadFigures
  readonly lost: LostFigures
}

/** When nothing changes any more, and per member what that took. */
export interface MeshFigures {
  readonly mean: number
  readonly min: number
  readonly max: number
  readonly grafts: number
  readonly prunes: number
  readonly controlBytes: number
}

/** Per message and receiving member, what all sent; `delivered` is 1 if everybody has everything. */
export interface SpreadFigures extends Readonly<GossipTally> {
  readonly delivered: number
}

/** What becomes of messages that one member ignores, or that are not pushed to a fifth. */
export interface LostFigures {
  /** How often a member that ignored a message was asked to judge it. */
  readonly judgedByIgnoring: number
  /** To a member that gets only what it asked for: each, on average. */
  readonly deliveredToDeaf: number
  readonly requestsByDeaf: number
  readonly lateMsAtDeaf: number
}

/** One more than a message is told of. */
const settleHeartbeats = 4
const smallBytes = 150
const largeBytes = 1_024

/** @param spacingMs from one message to the next, at least. */
export async function runTrial(
  start: StartSubject,
  topology: Topology,
  spacingMs: number,
): Promise<TrialFigures> {
  const members = topology.ids.map((_, member) => member)
  const publishedMs: number[] = []
  let judged: { readonly member: number; readonly number: number; readonly lateMs: number }[] = []
  let ignored: { readonly member: number; readonly number: number } | undefined
  let deaf: readonly number[] = []
  let publishingMs = 0

  const subject = await start({
    topology,
    judge: (member, rumor, nowMs) => {
      const number = numberOf(rumor)
      judged.push({ member, number, lateMs: nowMs - (publishedMs[number] ?? Number.NaN) })
      return member === ignored?.member && number === ignored.number ? 'ignore' : 'accept'
    },
    isDeaf: member => deaf.includes(member),
  })

  /** Each publishes in turn; then until nobody is told of it any more. */
  const publish = async (from: readonly number[], bytes: number): Promise<void> => {
    judged = []
    const startMs = subject.nowMs()
    for (const [turn, member] of from.entries()) {
      await subject.pass(Math.max(0, startMs + turn * spacingMs - subject.nowMs()))
      const number = publishedMs.push(subject.nowMs()) - 1
      subject.publish(member, numbered(number, bytes))
    }
    publishingMs += subject.nowMs() - startMs
    await subject.heartbeats(settleHeartbeats)
  }

  const spread = async (rounds: number, bytes: number): Promise<SpreadFigures> => {
    const before = { ...subject.tally }
    await publish(Array<readonly number[]>(rounds).fill(members).flat(), bytes)
    const chances = rounds * members.length * (members.length - 1)
    return { ...share(before, subject.tally, chances), delivered: judged.length / chances }
  }

  const lose = async (): Promise<LostFigures> => {
    const chosen = mostOutsideMesh(topology, subject)
    const others = members.filter(member => !chosen.includes(member))
    const ignoring = others.at(-1) ?? 0
    const before = { ...subject.tally }
    deaf = chosen
    ignored = { member: ignoring, number: publishedMs.length }
    await publish(others, smallBytes)
    deaf = []
    const heard = judged.filter(({ member }) => chosen.includes(member))
    const chances = others.length * chosen.length
    return {
      judgedByIgnoring: judged.filter(each => each.member === ignoring && each.number === ignored?.number)
        .length,
      deliveredToDeaf: heard.length / chances,
      requestsByDeaf: share(before, subject.tally, chances).iwantIds,
      lateMsAtDeaf: heard.reduce((sum, { lateMs }) => sum + lateMs, 0) / heard.length,
    }
  }

  try {
    await untilMeshStands(subject)
    const mesh = meshFigures(subject)
    const small = await spread(4, smallBytes)
    const large = await spread(1, largeBytes)
    const lost = await lose()
    return { spacingMs: publishingMs / publishedMs.length, mesh, small, large, lost }
  } finally {
    await subject.stop()
  }
}

function numbered(number: number, bytes: number): Uint8Array {
  const rumor = new Uint8Array(bytes)
  new DataView(rumor.buffer).setUint32(0, number)
  return rumor
}

function numberOf(rumor: Uint8Array): number {
  return new DataView(rumor.buffer, rumor.byteOffset).getUint32(0)
}

/** Until nobody's mesh has changed for two heartbeats. */
async function untilMeshStands(subject: GossipSubject): Promise<void> {
  let last = ''
  for (let heartbeats = 0, same = 0; same < 2 && heartbeats < 20; heartbeats++) {
    await subject.heartbeats(1)
    const now = subject.meshSizes().join()
    same = now === last ? same + 1 : 0
    last = now
  }
}

function meshFigures(subject: GossipSubject): MeshFigures {
  const sizes = subject.meshSizes()
  const { grafts, prunes, controlBytes } = share(emptyTally(), subject.tally, sizes.length)
  const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length
  return { mean, min: Math.min(...sizes), max: Math.max(...sizes), grafts, prunes, controlBytes }
}

/** A fifth of the members: those with the most neighbours that tell them of a message and do not push it. */
function mostOutsideMesh({ edges }: Topology, subject: GossipSubject): number[] {
  const outside = subject
    .meshSizes()
    .map((size, member) => ({ member, count: edges.filter(edge => edge.includes(member)).length - size }))
  return outside
    .sort((a, b) => b.count - a.count)
    .slice(0, outside.length / 5)
    .map(({ member }) => member)
}

function share(before: GossipTally, after: GossipTally, parts: number): GossipTally {
  const each = emptyTally()
  for (const key of Object.keys(each) as (keyof GossipTally)[]) each[key] = (after[key] - before[key]) / parts
  return each
}
