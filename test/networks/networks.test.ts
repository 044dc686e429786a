/** Members on real networks: what a loopback interface and one machine's kernel never show. */
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, type TestContext } from 'vitest'
import { addressOf, NetworkMember, type NetworkMemberOptions, untilAllAlive } from './member.ts'
import { type Host, Network, whyNoNetworks } from './network.ts'

const reason = whyNoNetworks()
if (reason !== undefined) console.warn(`LEFT OUT: the tests on real networks: ${reason}`)

/** Long: they wait for what a member does in its own time, and run beside each other. */
const timeout = 120_000
const lossMs = 20_000

function networkOf({ onTestFinished }: TestContext): Network {
  return new Network(onTestFinished)
}

/** Members a, b, c and so on, on a host each; all but the first start from the first. They see each other. */
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
  it('a member that cannot route to one peer judges the others', async context => {
    const hosts = networkOf(context).hosts(4) as [Host, Host, Host, Host]
    hosts[0].makeUnreachable(hosts[3].address)
    const [a, b, c, d] = await startMembers(context, hosts.slice(1))
    void [a, b, c, d]
  })
})
