import { describe, expect, it } from 'vitest'
import { stopping } from '../../../test/helpers/stop-and-go.ts'
import { runTwice } from '../../simulator/src/run-twice.ts'
import { plainSwim } from '../src/index.ts'
import { connectedIn } from './network-topology.ts'
import { type NetworkOptions, SimulatedNetwork } from './simulated-network.ts'
import { falseDeaths, stopAndGo } from './stop-and-go.ts'

const tenMinutesMs = 600_000

// Virtual hours take real seconds, more on a busy machine.

describe('probes and local health among simulated members', () => {
  it('scenario 7: with one connection cut both ways, indirect probes prevent suspicions', async () => {
    const network = await runTwice(() => {
      const network = new SimulatedNetwork({ members: 16, seed: 201 })
      network.conditions.cut('m1', 'm2')
      network.conditions.cut('m2', 'm1')
      network.run(120_000)
      return network
    })
    expect(network.events).toEqual([])
  })

  it('scenario 8: answered probes keep local health at 0 while one member is dead', async () => {
    const network = await runTwice(() => {
      const network = new SimulatedNetwork({ members: 16, seed: 202 })
      network.run(20_000)
      network.pause('m5', 60_000)
      network.run(30_000)
      return network
    })
    expect(network.statusesOf('m5')).toEqual(Array(15).fill('dead'))
    expect(network.hosts.map(host => host.detector.localHealth())).toEqual(Array(16).fill(0))
  })

  it('scenario 9: a member that loses all its messages reaches local health 7, and only that member dies', async () => {
    const network = await runTwice(() => {
      const network = new SimulatedNetwork({ members: 8, seed: 203 })
      network.run(5_000)
      for (const { id } of network.hosts) {
        network.conditions.cut('m0', id)
        network.conditions.cut(id, 'm0')
      }
      network.run(60_000)
      return network
    })
    expect(network.host('m0').detector.localHealth()).toBe(7)
    for (const { effect } of network.eventsOf('fail')) expect(effect.id).toBe('m0')
  })

  it('scenario 10: a member that was stopped for 10 s suspects no member and refutes at once', async () => {
    const network = await runTwice(() => {
      const network = new SimulatedNetwork({ members: 32, seed: 204, links: true })
      network.run(20_000)
      network.pause('m5', 10_000)
      network.run(40_000)
      return network
    })
    const types = network.events.filter(({ by }) => by === 'm5').map(({ effect }) => effect.type)
    expect(types).toEqual(['paused', 'refute'])
    expect(network.statusesOf('m5')).toEqual(Array(31).fill('alive'))
    for (const { atMs, effect } of [...network.eventsOf('recover'), ...network.eventsOf('return')]) {
      expect(effect.id).toBe('m5')
      expect(atMs).toBeLessThan(32_000)
    }
  })

  it('scenario 10: after an hour of suspension a member is alive again within two intervals, and suspects no member', async () => {
    const network = await runTwice(() => {
      const network = new SimulatedNetwork({ members: 8, seed: 205, links: true })
      network.run(20_000)
      network.pause('m5', 3_600_000)
      network.run(3_602_000)
      expect(network.statusesOf('m5')).toEqual(Array(7).fill('alive'))
      network.run(60_000)
      return network
    })
    expect(network.eventsOf('fail')).toHaveLength(7)
    expect(network.eventsOf('publish-suspicion').filter(({ by }) => by === 'm5')).toEqual([])
    expect(network.host('m5').incarnation).toBe(2)
  })

  it.each(['network-down', 'unreachable'] as const)(
    'scenario 10b: a member whose network changes (dials end as %s) suspects no member, and no member dies',
    async dialsEnd => {
      const network = await runTwice(() => {
        const network = new SimulatedNetwork({ members: 32, seed: 206, links: true })
        network.run(20_000)
        network.takeOffline('m5', 3_000, dialsEnd)
        network.run(40_000)
        return network
      })
      expect(network.eventsOf('fail')).toEqual([])
      for (const { by, effect } of network.eventsOf('publish-suspicion')) {
        expect(by).not.toBe('m5')
        expect(effect.subject).toBe('m5')
      }
      expect(network.statusesOf('m5')).toEqual(Array(31).fill('alive'))
      const back = connectedIn(32, 'm5').filter(id => network.host('m5').links.has(id))
      expect(back).toEqual(connectedIn(32, 'm5'))
    },
  )

  describe('scenario 11: 4 of 32 members stop again and again for 10 minutes', () => {
    const run = (
      stopMs: number,
      everyMs: number,
      options: Partial<NetworkOptions>,
    ): Promise<SimulatedNetwork> => runTwice(() => stopAndGo(stopMs, everyMs, options))

    it.each([
      ['Lifeguard', {}],
      ['plain SWIM', { parameters: plainSwim }],
    ])('3 s in every 4 s, %s: no member dies', async (_, detector) => {
      const network = await run(3_000, 4_000, { detector })
      expect(network.eventsOf('fail')).toEqual([])
      expect(
        network.eventsOf('publish-suspicion').filter(({ effect }) => !stopping.includes(effect.subject)),
      ).toEqual([])
    })

    it('9 s in every 10 s with 30 % loss: healthy members die under plain SWIM, none under Lifeguard', async () => {
      const lifeguard = falseDeaths(await run(9_000, 10_000, { loss: 0.3 }))
      const plain = falseDeaths(await run(9_000, 10_000, { loss: 0.3, detector: { parameters: plainSwim } }))
      console.info(`scenario 11: false deaths, Lifeguard : plain SWIM = ${lifeguard} : ${plain}`)
      expect(lifeguard).toBe(0)
      expect(plain).toBeGreaterThan(0)
    })
  })

  it('scenario 12: with 30 % loss for 10 minutes, none of 64 members dies', async () => {
    const network = await runTwice(() => {
      const network = new SimulatedNetwork({ members: 64, seed: 207, loss: 0.3 })
      network.run(tenMinutesMs)
      return network
    })
    expect(network.eventsOf('fail')).toEqual([])
  })

  it('scenario 13: a connection that loses messages in one direction causes no suspicion', async () => {
    const network = await runTwice(() => {
      const network = new SimulatedNetwork({ members: 16, seed: 208 })
      network.conditions.cut('m1', 'm2')
      network.run(300_000)
      return network
    })
    expect(network.events).toEqual([])
  })

  it('a hung member that no member monitors is detected by its missing heartbeats', async () => {
    const network = await runTwice(() => {
      const network = new SimulatedNetwork({ members: 32, seed: 209, beatMs: 5_000 })
      network.run(120_000)
      // m3 hangs, and no member has m3 among its subjects any more.
      network.pause('m3', tenMinutesMs)
      for (const { id, detector } of network.hosts) {
        const subjects = detector.subjects().filter(subject => subject !== 'm3')
        network.feed(id, { type: 'subjects', subjects: subjects.map(id => ({ id, monitors: [] })) })
      }
      network.run(60_000)
      return network
    })
    expect(network.statusesOf('m3')).toEqual(Array(31).fill('dead'))
    expect(new Set(network.eventsOf('fail').map(({ effect }) => effect.id))).toEqual(new Set(['m3']))
    expect(network.eventsOf('publish-suspicion').length).toBeLessThan(8)
  })
})
