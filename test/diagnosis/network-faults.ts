/** Faults of the network, on hosts of their own. */
import type { TestContext } from 'vitest'
import { addressOf } from '../networks/member.ts'
import { type Host, Network } from '../networks/network.ts'
import { DiagnosedMember, type DiagnosedMemberOptions } from './diagnosed-member.ts'
import { type Fault, problemsOf } from './fault.ts'

function networkOf({ onTestFinished }: TestContext): Network {
  return new Network(onTestFinished)
}

/** A member on a host; it ends with its network. */
function startOn(
  host: Host,
  name: string,
  { onTestFailed }: TestContext,
  options: DiagnosedMemberOptions = {},
): DiagnosedMember {
  const member = new DiagnosedMember(name, options, host)
  onTestFailed(() => console.log(member.report()))
  return member
}

/** Members that know each other, each on its own host; all join through the first. */
async function startOnHosts(context: TestContext, hosts: readonly Host[]): Promise<DiagnosedMember[]> {
  const members: DiagnosedMember[] = []
  for (const [index, host] of hosts.entries()) {
    const bootstrap = index === 0 || !hosts[0] ? [] : [addressOf(hosts[0])]
    members.push(startOn(host, 'abcdefgh'.charAt(index), context, { bootstrap }))
    await members[index]?.id()
  }
  for (const member of members) for (const other of members) await member.untilKnows(other)
  return members
}

export const networkFaults: readonly Fault[] = [
  {
    name: 'port blocked by a firewall',
    source: 'health',
    words: 'does a firewall or a security group let this port through?',
    async inject(context) {
      const [first, second] = networkOf(context).hosts(2) as [Host, Host]
      await startOn(first, 'ada', context).id()
      first.lose(second.address)
      return problemsOf(startOn(second, 'grace', context, { bootstrap: [addressOf(first)] }))
    },
  },
  {
    name: 'no network',
    source: 'health',
    words: 'there is no route to the host',
    inject: async context =>
      problemsOf(
        startOn(networkOf(context).unpluggedHost(), 'ada', context, { bootstrap: ['10.9.0.9:4001'] }),
      ),
  },
  {
    name: 'no DNS server answers',
    source: 'health',
    words: 'no DNS server answers',
    async inject(context) {
      const [host] = networkOf(context).hosts(1) as [Host]
      host.useNameServer('10.9.0.99')
      const bootstrap = ['/dns4/ada.example/tcp/4001']
      return problemsOf(startOn(host, 'grace', context, { bootstrap }))
    },
  },
  {
    name: 'multicast port used by another program',
    source: 'health',
    words: 'Members in the local network are not found',
    async inject(context) {
      const [host] = networkOf(context).hosts(1) as [Host]
      const { promise: isTaken, resolve } = Promise.withResolvers<void>()
      const bind = "require('dgram').createSocket('udp4').bind(5353, () => console.log('taken'))"
      host.start(process.execPath, ['-e', bind], () => resolve())
      await isTaken
      return problemsOf(startOn(host, 'ada', context, { mdns: true }))
    },
  },
  {
    name: 'member behind a NAT',
    source: 'explain',
    words: 'a NAT or a firewall is probably in between',
    async inject(context) {
      const network = networkOf(context)
      const hosts = network.hosts(1) as [Host]
      const first = startOn(hosts[0], 'ada', context)
      await first.id()
      const [one, other] = [network.hostBehindNat(), network.hostBehindNat()]
      const bootstrap = [addressOf(hosts[0])]
      const grace = startOn(one, 'grace', context, { bootstrap })
      const alan = startOn(other, 'alan', context, { bootstrap })
      const id = await alan.untilKnows(grace)
      return () => alan.explain(id)
    },
  },
  {
    name: 'packets of one member lost in one direction',
    source: 'explain',
    words: 'but others reach it: the network between the two machines loses packets',
    async inject(context) {
      const hosts = networkOf(context).hosts(4) as [Host, Host, Host, Host]
      const [a, b] = (await startOnHosts(context, hosts)) as [DiagnosedMember, DiagnosedMember]
      hosts[0].lose(hosts[1].address)
      const id = await b.id()
      return () => a.explain(id)
    },
  },
  {
    name: 'cable unplugged',
    source: 'health',
    words: 'Probably the network of this machine is down',
    async inject(context) {
      const hosts = networkOf(context).hosts(4) as [Host, Host, Host, Host]
      const [a] = (await startOnHosts(context, hosts)) as [DiagnosedMember]
      hosts[0].setLink('down')
      return problemsOf(a)
    },
  },
]
