/** Members on real networks: behaviour that loopback on one machine cannot show. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, type TestContext } from 'vitest'
import { addressOf, NetworkMember, type NetworkMemberOptions, port, untilAllAlive } from './member.ts'
import { type Host, Network, whyNoNetworks } from './network.ts'

const reason = whyNoNetworks()
if (reason !== undefined) console.warn(`LEFT OUT: the tests on real networks: ${reason}.`)

/** The timeout is long, because the tests wait for timers of the members and run concurrently. */
const timeout = 120_000
const lossMs = 20_000

type Hosts = [Host, Host, Host, ...Host[]]
type Members = [NetworkMember, NetworkMember, NetworkMember, ...NetworkMember[]]

function networkOf({ onTestFinished }: TestContext): Network {
  return new Network(onTestFinished)
}

/** Members a, b, c and so on, each on its own host; all others join through the first. They see each other. */
async function startMembers(
  { onTestFailed }: TestContext,
  hosts: readonly Host[],
  options: NetworkMemberOptions = {},
): Promise<NetworkMember[]> {
  const [first] = hosts
  const members = hosts.map((host, index) => {
    const bootstrap = first === undefined || index === 0 ? [] : [addressOf(first)]
    return new NetworkMember(host, 'abcdefgh'.charAt(index), { bootstrap, ...options })
  })
  onTestFailed(() => console.log(members.map(member => member.report()).join('\n')))
  await untilAllAlive(...members)
  return members
}

describe.skipIf(reason !== undefined).concurrent('on real networks', { timeout }, () => {
  it('a member that cannot route to one peer still monitors the others', async context => {
    const hosts = networkOf(context).hosts(4)
    hosts[1]?.makeUnreachable('10.9.0.4')
    const [a, b, c, d] = await startMembers(context, hosts)
    c?.signal('SIGSTOP')
    await Promise.all([a, b, d].map(member => member?.untilHas('fail c')))
  })

  it('the others learn a new address, and drop the old one', async context => {
    const hosts = networkOf(context).hosts(3) as Hosts
    const [a, b, c] = (await startMembers(context, hosts)) as Members
    hosts[2].addAddress('10.9.0.77')
    await Promise.all([a, b].map(each => each.until(() => each.addressesOf('c').includes('10.9.0.77'))))
    hosts[2].moveTo('10.9.0.77')
    await Promise.all([a, b].map(each => each.until(() => !each.addressesOf('c').includes('10.9.0.3'))))
    await untilAllAlive(a, b, c)
  })

  it('two members that moved one after the other find each other', async context => {
    const hosts = networkOf(context).hosts(3) as Hosts
    const [a, b, c] = (await startMembers(context, hosts)) as Members
    // From now on no bootstrap address answers.
    a.signal('SIGKILL')
    await Promise.all([b, c].map(member => member.untilHas('fail a')))
    for (const [moving, staying, host, address] of [
      [c, b, hosts[2], '10.9.0.77'],
      [b, c, hosts[1], '10.9.0.88'],
    ] as const) {
      host.setLink('down')
      await staying.untilHas(`fail ${moving.name}`)
      host.moveTo(address)
      host.setLink('up')
      await untilAllAlive(b, c)
      await staying.until(() => staying.addressesOf(moving.name).includes(address))
    }
  })

  it('a member that starts without a network joins when there is one', async context => {
    const network = networkOf(context)
    const [host] = network.hosts(1) as [Host]
    const late = network.unpluggedHost()
    const first = new NetworkMember(host, 'a')
    const member = new NetworkMember(late, 'b', { bootstrap: [addressOf(host)] })
    await Promise.all([first.untilAlive('a'), member.untilAlive('b')])
    network.plugIn(late, '10.9.0.2')
    await untilAllAlive(first, member)
    await first.until(() => first.addressesOf('b').includes('10.9.0.2'))
  })

  it('a public address is announced like any other', async context => {
    const hosts = networkOf(context).hosts(2)
    for (const host of hosts) host.moveTo(host.address.replace('10.9.0', '93.184.216'))
    const [a] = (await startMembers(context, hosts)) as Members
    await a.until(() => a.addressesOf('b').includes('93.184.216.2'))
  })

  it('members find each other by multicast without a default route, also over an interface that was replaced', async context => {
    const network = networkOf(context)
    const hosts = network.hosts(2) as [Host, Host]
    const [a, b] = (await startMembers(context, hosts, { bootstrap: [], mdns: true })) as Members
    hosts[1].unplug()
    await a.untilHas('fail b')
    network.plugIn(hosts[1], '10.9.0.2')
    await untilAllAlive(a, b)
    // End a, and start c on its host: c can learn about b only by multicast.
    a.signal('SIGKILL')
    await b.untilHas('fail a')
    const c = new NetworkMember(hosts[0], 'c', { mdns: true })
    await untilAllAlive(b, c)
  })

  it('a member whose multicast port is taken reports it until the port is free, and finds others all the same', async context => {
    const hosts = networkOf(context).hosts(2) as [Host, Host]
    const { promise: isTaken, resolve } = Promise.withResolvers<void>()
    const bind = "require('dgram').createSocket('udp4').bind(5353, () => console.log('taken'))"
    const otherProgram = hosts[1].start(process.execPath, ['-e', bind], () => resolve())
    await isTaken
    const [, b] = (await startMembers(context, hosts, { bootstrap: [], mdns: true })) as Members
    await b.until(() => b.fault.includes('5353'))
    otherProgram.signal('SIGKILL')
    await b.until(() => b.fault === 'none')
  })

  it('a process ends when its member has left, although no name server answers', async context => {
    const [host] = networkOf(context).hosts(1) as [Host]
    host.useNameServer('127.0.0.1')
    const { promise: isAsked, resolve } = Promise.withResolvers<void>()
    const { promise: isListening, resolve: listening } = Promise.withResolvers<void>()
    const silentServer = `
      const socket = require('dgram').createSocket('udp4')
      socket.on('message', bytes => console.log('asked for ' + bytes.subarray(12).toString('latin1')))
      socket.bind(53, () => console.log('listening'))`
    host.start(process.execPath, ['-e', silentServer], line => {
      if (line === 'listening') listening()
      if (line.startsWith('asked for')) resolve()
    })
    await isListening
    const bootstrap = [
      '/dns4/hearsay.example/tcp/4001',
      '/dns4/hearsay.example/tcp/4002/ws',
      '/dnsaddr/hearsay.example',
    ]
    const member = new NetworkMember(host, 'a', { bootstrap })
    await isAsked
    await member.leave()
    expect(member.left).toEqual([])
  })

  it('members find each other through one name that resolves to all of them, to their own address first', async context => {
    const hosts = networkOf(context).hosts(4)
    // The resolver of glibc lists a host's own address first.
    for (const host of hosts)
      host.useHostsFile(
        'members.example',
        hosts.map(({ address }) => address),
      )
    const bootstrap = [`members.example:${port}`]
    const members = await startMembers(context, hosts, { bootstrap })
    await untilAllAlive(...members)
  })

  it('a member that starts again at another address, with its storage, joins through the same name', async context => {
    const storage = mkdtempSync(join(tmpdir(), 'hearsay-networks-'))
    context.onTestFinished(() => rmSync(storage, { recursive: true, force: true }))
    const hosts = networkOf(context).hosts(4) as [Host, Host, Host, Host]
    const [first, second, third, fourth] = hosts
    const nameLeadsTo = (...named: Host[]) => {
      const addresses = named.map(({ address }) => address)
      for (const host of hosts) host.useHostsFile('members.example', addresses)
    }
    const bootstrap = [`members.example:${port}`]
    nameLeadsTo(first, second, third)
    const [a, b] = [first, second].map((host, i) => new NetworkMember(host, 'ab'.charAt(i), { bootstrap }))
    const before = new NetworkMember(third, 'c', { bootstrap, storage })
    if (!a || !b) throw new Error('a member is missing')
    await untilAllAlive(a, b, before)
    const id = a.addressesOf('c').split('/p2p/')[1]
    before.signal('SIGKILL')
    await Promise.all([a, b].map(each => each.untilHas('fail c')))
    nameLeadsTo(first, second, fourth)
    const after = new NetworkMember(fourth, 'c', { bootstrap, storage })
    await untilAllAlive(a, b, after)
    await a.until(() => a.addressesOf('c') === `/ip4/${fourth.address}/tcp/${port}/p2p/${id}`)
  })

  it('a refused connection is evidence although hosts share the address of a container bridge', async context => {
    const hosts = networkOf(context).hosts(4)
    for (const host of hosts) host.addContainerBridge('172.17.0.1')
    const [a, b, c, d] = (await startMembers(context, hosts)) as Members
    // Silence takes longer than a refusal: the killed member is detected first, although it ended last.
    d?.signal('SIGSTOP')
    c.signal('SIGKILL')
    const fails = ({ events }: NetworkMember) => events.filter(event => event.startsWith('fail'))
    await Promise.all([a, b].map(each => each.until(() => fails(each).length === 2)))
    expect([a, b].map(fails)).toEqual([0, 1].map(() => ['fail c', 'fail d']))
  })

  it('an interface that was down for long comes up again', async context => {
    const hosts = networkOf(context).hosts(3) as Hosts
    const [a, b, c] = (await startMembers(context, hosts)) as Members
    hosts[2].setLink('down')
    await Promise.all([a, b].map(member => member.untilHas('fail c')))
    hosts[2].setLink('up')
    await untilAllAlive(a, b, c)
    expect([...a.events, ...b.events]).not.toContain('fail a')
    expect([...a.events, ...b.events]).not.toContain('fail b')
  })

  it('a link that loses four packets of five in one direction kills no member', async context => {
    const hosts = networkOf(context).hosts(4) as [Host, Host, Host, Host]
    const members = await startMembers(context, hosts)
    hosts[1].lose(hosts[2].address, 0.8)
    await sleep(lossMs)
    await untilAllAlive(...members)
    expect(members.flatMap(({ events }) => events).filter(event => event.startsWith('fail'))).toEqual([])
  })

  it('a firewall that forgets all connections of a member kills no member', async context => {
    const hosts = networkOf(context).hosts(4) as [Host, Host, Host, Host]
    const members = await startMembers(context, hosts)
    hosts[2].forgetConnections()
    await sleep(lossMs)
    await untilAllAlive(...members)
    expect(members.flatMap(({ events }) => events).filter(event => event.startsWith('fail'))).toEqual([])
  })

  it('a NAT that forgets all connections of a member kills no member', async context => {
    const network = networkOf(context)
    const behindNat = network.hostBehindNat()
    const members = await startMembers(context, [...network.hosts(3), behindNat])
    behindNat.forgetConnections()
    await sleep(lossMs)
    await untilAllAlive(...members)
    expect(members.flatMap(({ events }) => events).filter(event => event.startsWith('fail'))).toEqual([])
  })

  it('the end of IPv4 kills no member while IPv6 works', async context => {
    const hosts = networkOf(context).hosts(4)
    for (const [index, host] of hosts.entries()) host.addIpv6Address(`fd00:9::${index + 1}`)
    const listen = [`/ip4/0.0.0.0/tcp/${port}`, `/ip6/::/tcp/${port}`]
    const members = await startMembers(context, hosts, { listen })
    for (const host of hosts) host.loseIpv4()
    await sleep(lossMs)
    await untilAllAlive(...members)
    expect(members.flatMap(({ events }) => events).filter(event => event.startsWith('fail'))).toEqual([])
  })

  it('a partition heals', async context => {
    const hosts = networkOf(context).hosts(4) as [Host, Host, Host, Host]
    const [a, b, c, d] = (await startMembers(context, hosts)) as [...Members, NetworkMember]
    const [near, far] = [hosts.slice(0, 2), hosts.slice(2)]
    for (const host of near) for (const { address } of far) host.lose(address)
    await Promise.all([a, b].map(member => member.untilAlive('a', 'b')))
    await Promise.all([c, d].map(member => member.untilAlive('c', 'd')))
    for (const host of near) host.loseNothing()
    await untilAllAlive(a, b, c, d)
  })

  it('two members behind different NATs share a document through a third', async context => {
    const network = networkOf(context)
    const [open] = network.hosts(1) as [Host]
    const hosts = [open, network.hostBehindNat(), network.hostBehindNat()]
    const [a, b, c] = (await startMembers(context, hosts, { room: 'atlas' })) as Members
    b.write('written behind a NAT')
    await Promise.all([a, c].map(member => member.until(() => member.text === 'written behind a NAT')))
  })
})
