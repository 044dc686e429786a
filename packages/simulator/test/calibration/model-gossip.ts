/** Model gossip: a gossip subject that uses the simulator's gossip routers and virtual time. */
import { type GossipFrame, gossipBytes } from '../../src/gossip-frame.ts'
import { GossipRouter, gossipHeartbeatMs } from '../../src/gossip-router.ts'
import { Direction } from '../../src/link.ts'
import { randomStream } from '../../src/random-stream.ts'
import { VirtualTime } from '../../src/virtual-time.ts'
import {
  emptyTally,
  type GossipSubject,
  type GossipTally,
  maxDelayMs,
  minDelayMs,
  rumorName,
  type SubjectOptions,
} from './gossip-subject.ts'

/** The duration of a dial. Each dial starts when the previous one has ended. */
const dialMs = 10

export function startModelGossip(seed: number) {
  return async ({ topology, judge, isDeaf }: SubjectOptions): Promise<GossipSubject> => {
    const { ids, edges } = topology
    const time = new VirtualTime()
    const tally = emptyTally()
    const delayRandom = randomStream(seed, 'delay')
    /** Keys: sender, space, receiver. */
    const directions = new Map<string, Direction>()
    /** Sender, receiver and message id of each IHAVE so far. */
    const announced = new Set<string>()

    const routers = ids.map(
      (id, member) =>
        new GossipRouter({
          random: randomStream(seed, id),
          nowMs: () => time.nowMs,
          after: (ms, act) => void time.after(ms, act),
          send: (to, frame) => {
            count(tally, frame)
            directions.get(`${id} ${to}`)?.send({
              bytes: gossipBytes(frame),
              delayMs: minDelayMs + (maxDelayMs - minDelayMs) * delayRandom(),
              unordered: false,
              arrive: () => arrive(id, ids.indexOf(to), frame),
            })
          },
          validate: (_, rumor) => judge(member, rumor, time.nowMs),
        }),
    )

    const arrive = (from: string, to: number, frame: GossipFrame): void => {
      if (frame.type === 'ihave') for (const name of frame.names) announced.add(`${from} ${to} ${name}`)
      if (frame.type === 'message' && isDeaf(to) && !announced.has(`${from} ${to} ${frame.name}`)) return
      routers[to]?.receive(from, frame)
    }

    for (const [index, [dialler, dialled]] of edges.entries())
      time.at(index * dialMs, () => {
        for (const [from, to] of [
          [dialler, dialled],
          [dialled, dialler],
        ] as const)
          directions.set(
            `${ids[from]} ${ids[to]}`,
            new Direction(time, { carries: () => true, loses: () => false, gaveUp: () => {} }),
          )
        routers[dialler]?.connected(ids[dialled] as string, true)
        routers[dialled]?.connected(ids[dialler] as string, false)
      })

    const pass = async (ms: number): Promise<void> => {
      const untilMs = time.nowMs + ms
      while (time.step(untilMs));
    }
    await pass(edges.length * dialMs)

    return {
      tally,
      nowMs: () => time.nowMs,
      meshSizes: () => routers.map(router => router.meshSize),
      publish: (member, rumor) => routers[member]?.publish(rumorName(rumor), rumor),
      pass,
      heartbeats: count => pass(count * gossipHeartbeatMs),
      stop: async () => {},
    }
  }
}

function count(tally: GossipTally, frame: GossipFrame): void {
  if (frame.type === 'message') {
    tally.messages += 1
    tally.messageBytes += gossipBytes(frame)
    return
  }
  tally.controlBytes += gossipBytes(frame)
  switch (frame.type) {
    case 'graft':
      tally.grafts += 1
      break
    case 'prune':
      tally.prunes += 1
      break
    case 'ihave':
      tally.ihaves += 1
      tally.ihaveIds += frame.names.length
      break
    case 'iwant':
      tally.iwants += 1
      tally.iwantIds += frame.names.length
      break
    case 'idontwant':
      tally.idontwants += 1
      break
    case 'subscribe':
      break
  }
}
