/** Each kind of cluster, by the one contract. */
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MessageChannel } from 'node:worker_threads'
import { type Cluster, joinCluster } from '@hearsay/core'
import { connectCluster, type Port, serveCluster } from '@hearsay/port'
import { socketPort } from '@hearsay/port/node'
import { createSimulation } from '@hearsay/simulator'
import { vi } from 'vitest'
import { describeCluster, type Pair } from './cluster-contract.ts'

const until = (condition: () => boolean) => vi.waitUntil(condition, { timeout: 10_000, interval: 10 })

/** Two members on loopback, which see each other. */
async function realMembers(): Promise<[Cluster, Cluster]> {
  const options = {
    cluster: `contract ${process.pid}`,
    listen: ['/ip4/127.0.0.1/tcp/0'],
    mdns: false,
  } as const
  const first = await joinCluster(options)
  const second = await joinCluster({ ...options, bootstrap: first.self.addresses })
  await until(() => [first, second].every(({ members }) => members.getSnapshot().length === 2))
  return [first, second]
}

/** A view of the first of two real members. @param connected two ends of a port, and what closes them */
async function overPort(ports: () => Promise<[Port, Port, close: () => unknown]>): Promise<Pair> {
  const [member, second] = await realMembers()
  const [served, viewed, closePorts] = await ports()
  serveCluster(member, served)
  const first = await connectCluster(viewed)
  return {
    first,
    second,
    until,
    async close() {
      await Promise.all([first, second, member].map(each => each.leave()))
      await closePorts()
    },
  }
}

async function socketPorts(): Promise<[Port, Port, close: () => unknown]> {
  const folder = await mkdtemp(join(tmpdir(), 'hearsay-contract-'))
  const path = join(folder, 'control.sock')
  const server = createServer().listen(path)
  await once(server, 'listening')
  const client = connect(path)
  const [accepted] = await once(server, 'connection')
  const close = async () => {
    client.destroy()
    server.close()
    await rm(folder, { recursive: true })
  }
  return [socketPort(accepted), socketPort(client), close]
}

describeCluster('on libp2p', async () => {
  const [first, second] = await realMembers()
  const close = async () => {
    await Promise.all([first.leave(), second.leave()])
  }
  return { first, second, until, close }
})

describeCluster('over a MessagePort', () =>
  overPort(async () => {
    const { port1, port2 } = new MessageChannel()
    return [port1, port2, () => port1.close()]
  }),
)

describeCluster('over a socket', () => overPort(socketPorts))

describeCluster('in the simulator', async () => {
  const simulation = createSimulation({ seed: 1, members: 2, start: 'warm' })
  const [first, second] = ['m0', 'm1'].map(name => simulation.member(name).cluster) as [Cluster, Cluster]
  await simulation.run(1_000)
  return {
    first,
    second,
    until: condition => simulation.runUntil(condition, { withinMs: 10_000 }),
    close: async () => {},
  }
})
