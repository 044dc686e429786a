import { describe, expect, it, vi } from 'vitest'
import { runTwice } from './run-twice.ts'
import { SimulatedNetwork } from './simulated-network.ts'

// Virtual hours take real seconds, more on a busy machine; nothing is asserted about those.
vi.setConfig({ testTimeout: 120_000 })

describe('suspicion and refutation among simulated members', () => {
  it('scenario 1: a hung member is known dead by all 32 within nine seconds, by confirmations of its monitors', () => {
    const network = runTwice(() => {
      const network = new SimulatedNetwork({ members: 32, seed: 101, links: true })
      network.run(20_000)
      network.stall('m3', 60_000)
      network.run(12_000)
      return network
    })
    expect(network.statusesOf('m3')).toEqual(Array(31).fill('dead'))
    const fails = network.eventsOf('fail')
    expect(new Set(fails.map(({ effect }) => effect.id))).toEqual(new Set(['m3']))
    for (const { atMs } of fails) expect(atMs).toBeLessThan(29_000)
    // Four voices are wanted; those that speak up at the same moment come on top.
    expect(network.eventsOf('publish-suspicion').length).toBeGreaterThanOrEqual(4)
    expect(network.eventsOf('publish-suspicion').length).toBeLessThanOrEqual(6)
  })

  it('a killed member is known dead by all 32 within a second', () => {
    const network = runTwice(() => {
      const network = new SimulatedNetwork({ members: 32, seed: 102, links: true })
      network.run(20_000)
      network.crash('m3')
      network.run(1_000)
      return network
    })
    expect(network.statusesOf('m3')).toEqual(Array(31).fill('dead'))
    expect(network.eventsOf('fail')).toHaveLength(31)
  })

  it('scenario 2: a member that hears itself suspected stays alive everywhere, with a greater incarnation', () => {
    const network = runTwice(() => {
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

  it('scenario 2: a member that hears that it is dead is back within an interval of waking', () => {
    const network = runTwice(() => {
      const network = new SimulatedNetwork({ members: 32, seed: 104, links: true })
      network.run(5_000)
      network.stall('m7', 60_000)
      network.run(61_000)
      return network
    })
    expect(network.statusesOf('m7')).toEqual(Array(31).fill('alive'))
    expect(network.eventsOf('return')).toHaveLength(31)
  })

  it('scenario 3: no alive record of the old incarnation revives the dead; the next does', () => {
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

  it('scenario 4: whoever learns of everything at once kills nobody at once', () => {
    const network = runTwice(() => {
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

  it('scenario 5: a suspect learns of it with its next probe, before any rumor reaches it', () => {
    const network = runTwice(() => {
      const network = new SimulatedNetwork({ members: 8, seed: 107 })
      network.run(5_000)
      // Only m1 knows: no rumor of it goes round.
      network.feed('m1', { type: 'suspicion', subject: 'm2', incarnation: 1, observer: 'm5', refused: false })
      network.run(20)
      return network
    })
    expect(network.eventsOf('refute')).toMatchObject([{ by: 'm2' }])
    expect(network.eventsOf('recover')).toMatchObject([{ by: 'm1' }])
  })

  it('scenario 6: one liar that suspects everybody all the time kills nobody, and traffic stays bounded', () => {
    const network = runTwice(() => {
      const network = new SimulatedNetwork({ members: 32, seed: 108 })
      const lie = (): void => {
        for (const { id, incarnation } of network.hosts)
          if (id !== 'm0') network.tell(id, incarnation, 'm0', true)
        network.later(200, lie)
      }
      network.run(5_000)
      lie()
      network.run(60_000)
      return network
    })
    expect(network.eventsOf('fail')).toEqual([])
    // One refutation in 1.5 s (half of the shortest suspicion) for each of 31: the first, and 40 in a minute.
    expect(network.eventsOf('refute').length).toBeLessThanOrEqual(31 * (1 + 60 / 1.5))
    // A probe a second along each of its 8 edges at most, and its ack.
    expect(network.messages / 32 / 65).toBeLessThan(17)
    expect(Math.max(...network.hosts.map(host => host.detector.localHealth()))).toBeLessThanOrEqual(2)
  })

  it('scenario 6: one that is lied about without end does not take itself for ill', () => {
    const scores: number[] = []
    runTwice(() => {
      const network = new SimulatedNetwork({ members: 32, seed: 109 })
      const victim = network.host('m5')
      const lie = (): void => {
        network.tell('m5', victim.incarnation, 'm0', true)
        scores.push(victim.detector.localHealth())
        network.later(200, lie)
      }
      lie()
      network.run(120_000)
      return network
    })
    expect(Math.max(...scores)).toBe(1)
  })
})
