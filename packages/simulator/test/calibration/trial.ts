/**
 * Trial: measures a gossip subject, real or modelled. First the mesh forms, then members publish small messages, large
 * messages, and messages that some members do not receive at once.
 */
import { emptyTally, type GossipSubject, type GossipTally, type StartSubject } from './gossip-subject.ts'
import type { Topology } from './topology.ts'

export interface TrialFigures {
  /** The measured time between messages. On a busy machine it is longer than requested. */
  readonly spacingMs: number
  readonly mesh: MeshFigures
  /** Messages of 150 B. */
  readonly small: SpreadFigures
  /** Messages of 1 kB. A member that receives such a message announces this to its mesh peers at once (IDONTWANT). */
  readonly large: SpreadFigures
  readonly lost: LostFigures
}

/** The mesh after it has stopped changing, and what each member sent until then on average. */
export interface MeshFigures {
  /** The mean number of mesh peers of a member. */
  readonly mean: number
  readonly min: number
  readonly max: number
  readonly grafts: number
  readonly prunes: number
  readonly controlBytes: number
}

/** What all members together sent, divided by the number of messages and by the number of receivers of a message. */
export interface SpreadFigures extends Readonly<GossipTally> {
  /** The share of messages that receivers got: 1 if every member has every message. */
  readonly delivered: number
}

/** Messages of which one is ignored by one member, while a fifth of the members is deaf. */
export interface LostFigures {
  /** How often the ignoring member validated the ignored message. */
  readonly judgedByIgnoring: number
  /** The share of messages that a deaf member receives: the mean of all deaf members. */
  readonly deliveredToDeaf: number
  /** The ids that members requested and got, per message and deaf member. */
  readonly requestsByDeaf: number
  /** The mean time from the publication of a message until a deaf member receives it. */
  readonly lateMsAtDeaf: number
}

/** gossipsub announces a message in the IHAVE of three heartbeats. A trial waits for one more. */
const settleHeartbeats = 4
const smallBytes = 150
const largeBytes = 1_024

/** Runs the trial with a new gossip subject. @param spacingMs the minimum time between two messages */
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

  /** Publishes one message of each of these members in turn. Then waits until no IHAVE announces these messages. */
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
    const receptions = rounds * members.length * (members.length - 1)
    return { ...share(before, subject.tally, receptions), delivered: judged.length / receptions }
  }

  const spreadWithLoss = async (): Promise<LostFigures> => {
    const toDeafen = mostOutsideMesh(topology, subject)
    const others = members.filter(member => !toDeafen.includes(member))
    const ignoring = others.at(-1) ?? 0
    const before = { ...subject.tally }
    deaf = toDeafen
    ignored = { member: ignoring, number: publishedMs.length }
    await publish(others, smallBytes)
    deaf = []
    const received = judged.filter(({ member }) => toDeafen.includes(member))
    const receptions = others.length * toDeafen.length
    return {
      judgedByIgnoring: judged.filter(each => each.member === ignoring && each.number === ignored?.number)
        .length,
      deliveredToDeaf: received.length / receptions,
      requestsByDeaf: share(before, subject.tally, receptions).iwantIds,
      lateMsAtDeaf: received.reduce((sum, { lateMs }) => sum + lateMs, 0) / received.length,
    }
  }

  try {
    await untilMeshIsStable(subject)
    const mesh = meshFigures(subject)
    const small = await spread(4, smallBytes)
    const large = await spread(1, largeBytes)
    const lost = await spreadWithLoss()
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

/** Waits until no mesh has changed size for two heartbeats, or until 20 heartbeats have passed. */
async function untilMeshIsStable(subject: GossipSubject): Promise<void> {
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

/**
 * A fifth of the members: those with the most connected members outside their mesh. Members outside the mesh announce a
 * message instead of pushing it.
 */
function mostOutsideMesh({ edges }: Topology, subject: GossipSubject): number[] {
  const outside = subject
    .meshSizes()
    .map((size, member) => ({ member, count: edges.filter(edge => edge.includes(member)).length - size }))
  return outside
    .sort((a, b) => b.count - a.count)
    .slice(0, outside.length / 5)
    .map(({ member }) => member)
}

/** The change of each count, divided by `parts`. */
function share(before: GossipTally, after: GossipTally, parts: number): GossipTally {
  const each = emptyTally()
  for (const key of Object.keys(each) as (keyof GossipTally)[]) each[key] = (after[key] - before[key]) / parts
  return each
}
