import { describe, expect, it } from 'vitest'
import { runTwice } from '../../simulator/src/run-twice.ts'
import { SimulatedNetwork } from './simulated-network.ts'

// Virtual hours take real seconds, more on a busy machine.

describe('suspicion and refutation among simulated members', () => {
  it('scenario 1: all 31 other members detect a hung member within 9 s, by confirmations of its monitors', async () => {
    const network = await runTwice(() => {
      const network = new SimulatedNetwork({ members: 32, seed: 101, links: true })
      network.run(20_000)
      network.pause('m3', 60_000)
      network.run(12_000)
      return network
    })
    expect(network.statusesOf('m3')).toEqual(Array(31).fill('dead'))
    const fails = network.eventsOf('fail')
    expect(new Set(fails.map(({ effect }) => effect.id))).toEqual(new Set(['m3']))
    for (const { atMs } of fails) expect(atMs).toBeLessThan(29_000)
    // A death needs four observers. More than four may suspect the member at the same moment.
    expect(network.eventsOf('publish-suspicion').length).toBeGreaterThanOrEqual(4)
    expect(network.eventsOf('publish-suspicion').length).toBeLessThanOrEqual(6)
  })

  it('all 31 other members detect a killed member within a second', async () => {
    const network = await runTwice(() => {
      const network = new SimulatedNetwork({ members: 32, seed: 102, links: true })
      network.run(20_000)
      network.crash('m3')
      network.run(1_000)
      return network
    })
    expect(network.statusesOf('m3')).toEqual(Array(31).fill('dead'))
    expect(network.eventsOf('fail')).toHaveLength(31)
  })

  it('scenario 2: a suspected member refutes and stays alive at all members', async () => {
    const network = await runTwice(() => {
      const network = new SimulatedNetwork({ members: 32, seed: 103 })
      network.run(5_000)
      for (const observer of ['m1', 'm2', 'm3']) network.tell('m7', 1, observer)
      network.run(40_000)
      return network
    })
    expect(network.statusesOf('m7')).toEqual(Array(31).fill('alive'))
    expect(network.host('m7').incarnation).toBe(2)
    expect(network.eventsOf('fail')).toEqual([])
    expect(network.eventsOf('recover')).toHaveLength(network.eventsOf('suspect').length)
  })

  it('scenario 2: a resumed member that was declared dead is alive again within an interval', async () => {
    const network = await runTwice(() => {
      const network = new SimulatedNetwork({ members: 32, seed: 104, links: true })
      network.run(5_000)
      network.pause('m7', 60_000)
      network.run(61_000)
      return network
    })
    expect(network.statusesOf('m7')).toEqual(Array(31).fill('alive'))
    expect(network.eventsOf('return')).toHaveLength(31)
  })

  it('scenario 3: only a greater incarnation makes a dead member alive again', () => {
    const network = new SimulatedNetwork({ members: 8, seed: 105, links: true })
    network.run(5_000)
    network.crash('m3')
    network.run(2_000)
    for (const { id } of network.hosts) network.feed(id, { type: 'member', id: 'm3', incarnation: 1 })
    network.run(5_000)
    expect(network.statusesOf('m3')).toEqual(Array(7).fill('dead'))
    for (const { id } of network.hosts) network.feed(id, { type: 'member', id: 'm3', incarnation: 2 })
    expect(network.statusesOf('m3')).toEqual(Array(7).fill('alive'))
  })

  it('scenario 4: a batch of suspicions declares no member dead at once', async () => {
    const network = await runTwice(() => {
      const network = new SimulatedNetwork({ members: 16, seed: 106 })
      network.run(5_000)
      for (const { id: subject } of network.hosts)
        for (const { id: observer } of network.hosts)
          if (subject !== 'm0')
            network.feed('m0', { type: 'suspicion', subject, incarnation: 1, observer, refused: true })
      network.run(400)
      return network
    })
    expect(network.eventsOf('suspect').length).toBeGreaterThanOrEqual(15)
    expect(network.eventsOf('fail')).toEqual([])
  })

  it('scenario 5: a suspect receives the suspicion with the next probe, before any rumor', async () => {
    const network = await runTwice(() => {
      const network = new SimulatedNetwork({ members: 8, seed: 107 })
      network.run(5_000)
      // Only m1 receives the suspicion, and no rumor is sent.
      network.feed('m1', { type: 'suspicion', subject: 'm2', incarnation: 1, observer: 'm5', refused: false })
      network.run(20)
      return network
    })
    expect(network.eventsOf('refute')).toMatchObject([{ by: 'm2' }])
    expect(network.eventsOf('recover')).toMatchObject([{ by: 'm1' }])
  })

  it('scenario 6: one member that suspects all others all the time kills no member, and traffic stays bounded', async () => {
    const network = await runTwice(() => {
      const network = new SimulatedNetwork({ members: 32, seed: 108 })
      const publish = (): void => {
        for (const { id, incarnation } of network.hosts)
          if (id !== 'm0') network.tell(id, incarnation, 'm0', true)
        network.after(200, publish)
      }
      network.run(5_000)
      publish()
      network.run(60_000)
      return network
    })
    expect(network.eventsOf('fail')).toEqual([])
    // Each of the 31 suspected members refutes at once, then at most every 1.5 s (half of the shortest
    // suspicion): 40 times in a minute.
    expect(network.eventsOf('refute').length).toBeLessThanOrEqual(31 * (1 + 60 / 1.5))
    // A member sends at most one probe per second to each of 8 neighbours, and receives at most as many acks.
    expect(network.messages / 32 / 65).toBeLessThan(17)
    expect(Math.max(...network.hosts.map(host => host.detector.localHealth()))).toBeLessThanOrEqual(2)
  })

  it('scenario 6: a member that one observer suspects without end keeps local health at 1', async () => {
    const scores: number[] = []
    await runTwice(() => {
      const network = new SimulatedNetwork({ members: 32, seed: 109 })
      const suspect = network.host('m5')
      const publish = (): void => {
        network.tell('m5', suspect.incarnation, 'm0', true)
        scores.push(suspect.detector.localHealth())
        network.after(200, publish)
      }
      publish()
      network.run(120_000)
      return network
    })
    expect(Math.max(...scores)).toBe(1)
  })
})
