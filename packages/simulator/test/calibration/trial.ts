/** Trial: the actions on a gossip subject, real or modelled, and the resulting figures. */
import { emptyTally, type GossipSubject, type GossipTally, type StartSubject } from './gossip-subject.ts'
import type { Topology } from './topology.ts'

export interface TrialFigures {
  /** The measured time between messages: on a busy machine it is longer than requested. */
  readonly spacingMs: number
  readonly mesh: MeshFigures
  /** Messages of 150 B. */
  readonly small: SpreadFigures
  /** Messages of 1 kB: members announce at once that they have them (IDONTWANT). */
  readonly large: SpreadFigures
  readonly lost: LostFigures
}

/** The time until the mesh no longer changes, and the cost per member. */
export interface MeshFigures {
  readonly mean: number
  readonly min: number
  readonly max: number
  readonly grafts: number
  readonly prunes: number
  readonly controlBytes: number
}

/** Per message and receiving member, sent by all; `delivered` is 1 if every member has every message. */
export interface SpreadFigures extends Readonly<GossipTally> {
  readonly delivered: number
}

/** Messages that one member ignores, or that a fifth of the members is not pushed. */
export interface LostFigures {
  /** How often a member that ignored a message was asked to validate it. */
  readonly judgedByIgnoring: number
  /**
   * The share of messages that reaches a member that receives only what it requested: the mean over these
   * members.
   */
  readonly deliveredToDeaf: number
  readonly requestsByDeaf: number
  readonly lateMsAtDeaf: number
}

/** One heartbeat more than IHAVE announces a message. */
const settleHeartbeats = 4
const smallBytes = 150
const largeBytes = 1_024

/** @param spacingMs the least time between messages. */
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

  /** Each member publishes in turn; then waits until no IHAVE announces the messages any more. */
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
    const received = judged.filter(({ member }) => chosen.includes(member))
    const chances = others.length * chosen.length
    return {
      judgedByIgnoring: judged.filter(each => each.member === ignoring && each.number === ignored?.number)
        .length,
      deliveredToDeaf: received.length / chances,
      requestsByDeaf: share(before, subject.tally, chances).iwantIds,
      lateMsAtDeaf: received.reduce((sum, { lateMs }) => sum + lateMs, 0) / received.length,
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

/** Waits until no mesh has changed for two heartbeats. */
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

/** A fifth of the members: those with the most neighbours that announce a message to them and do not push it. */
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
