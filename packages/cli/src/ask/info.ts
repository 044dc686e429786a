/** `hearsay info`: prints the identity of the member, the number of others, and which of them have the same content. */
import type { MemberStatus } from '@hearsay/core'
import type { OpenedCluster } from '../attach/open-cluster.ts'
import { shownTags } from '../members/member-rows.ts'
import { printable } from '../terminal/format.ts'
import { printJson } from '../terminal/output.ts'
import { agreementText, heldText, measureAgreement, measureHeldSpaces } from './agreement.ts'
import { printFields } from './fields.ts'

export async function info({ cluster, isAttached }: OpenedCluster, json: true | undefined): Promise<boolean> {
  const { id, name, incarnation, addresses, tags, roles } = cluster.self
  const { connections, problems } = cluster.health.getSnapshot()
  const counts: Record<MemberStatus, number> = { alive: 0, suspect: 0, dead: 0, left: 0 }
  const members = cluster.members.getSnapshot()
  for (const { status } of members) counts[status] += 1
  const [agreement, spaces = []] = await Promise.all([measureAgreement(cluster), measureHeldSpaces(cluster)])
  const nameOf = (member: string) => printable(members.find(each => each.id === member)?.name ?? member)
  if (json) {
    const fields = {
      cluster: cluster.name,
      id,
      name,
      incarnation,
      addresses,
      tags,
      roles,
      attached: isAttached,
    }
    printJson({
      event: 'info',
      ...fields,
      members: counts,
      agreement,
      spaces,
      connections,
      problems,
      at: Date.now(),
    })
  } else
    printFields([
      ['cluster', printable(cluster.name)],
      ['name', printable(name)],
      ['id', id],
      ['member', isAttached ? 'runs on this machine' : 'joined for this question'],
      ['started', new Date(incarnation).toISOString()],
      ...addresses.map(address => ['address', address] as const),
      ['tags', shownTags(tags)],
      ['roles', roles.join(' ')],
      [
        'members',
        Object.entries(counts)
          .flatMap(([status, count]) => (count > 0 ? `${count} ${status}` : []))
          .join(', '),
      ],
      ['agreement', agreementText(agreement, nameOf)],
      ...spaces.map(held => [held.type, `${printable(held.name)}: ${heldText(held, nameOf)}`] as const),
      ['connections', `${connections}`],
      [
        'health',
        problems.length === 0 ? 'ok' : `${problems.map(({ name }) => name).join(', ')}: see hearsay health`,
      ],
    ])
  return true
}
