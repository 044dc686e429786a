/**
 * Problems: the faults that follow from the figures of the health, each as a text.
 *
 * Each problem has a cause that ends, and is listed exactly while the cause lasts or, for events, for a minute.
 */
import type { Health } from '../api/health.ts'
import type { Problem } from '../api/problem.ts'

/** Our choice: by then each dial of a bootstrap address has led to a member, or the health lists `bootstrap-unreachable`. */
export const aloneAfterMs = 6_000
/**
 * From this local health on, the network counts as lossy. Our choice: 3 of 7. A single missed nack or refutation raises the
 * local health by one, and answered probes lower it again.
 */
const lossyFrom = 3

const grantsEnds: Readonly<Record<NonNullable<Health['grantsEnd']>, string>> = {
  expired: 'its ticket has expired. Ask for a new ticket, and give it to `renew` or as the option `ticket`',
  'ticket-revoked':
    'its ticket was revoked. Ask for a new ticket, and give it to `renew` or as the option `ticket`',
  revoked:
    'the member itself was revoked. Ask for a new ticket, and join with another identity, in another storage',
}

/**
 * The problems that follow from the figures and from the host, most important first.
 *
 * @param fromHost the problems that only the host knows
 * @param runningMs how long the member has been running, in milliseconds
 */
export function problemsOf(
  health: Omit<Health, 'problems'>,
  fromHost: readonly Problem[],
  runningMs: number,
): readonly Problem[] {
  const { identityCopied, storageError, admissionError, localDiscoveryError, partitionSuspected } = health
  const { visible, known, full, recentPauseMs, localHealth, silentConnections, connections } = health
  const problems: Problem[] = []
  const add = (name: Problem['name'], text: string) => void problems.push({ name, text })
  if (identityCopied)
    add(
      'identity-copied',
      'Another process runs with this identity, because its storage was copied. Stop one of the two, and delete its copy of the storage.',
    )
  if (health.grantsEnd !== undefined)
    add('not-a-member', `This member is no longer in its cluster: ${grantsEnds[health.grantsEnd]}.`)
  if (storageError !== undefined) add('storage', storageError)
  if (admissionError !== undefined) add('not-admitted', admissionError)
  problems.push(...fromHost)
  if (localDiscoveryError !== undefined)
    add('local-discovery', `Members in the local network are not found: ${localDiscoveryError}.`)
  const isExplained = problems.some(({ name }) => name !== 'storage-open')
  if (connections === 0 && visible <= 1 && !isExplained && runningMs >= aloneAfterMs)
    add(
      'alone',
      'No other member was found. Give this member the address of another one as `bootstrap`, or start one in the same local network.',
    )
  if (health.cutOff && known > 1 && health.grantsEnd === undefined)
    add(
      'cut-off',
      'Nothing arrives from any other member. Probably the network of this machine is down: check the cable, the Wi-Fi and the VPN. Otherwise all of them ended at once.',
    )
  if (partitionSuspected)
    add(
      'partition',
      `${known - visible} of ${known} members disappeared, many of them at the same time. Probably the network between them and this member is cut: check it on both sides. They return by themselves when it works.`,
    )
  if (recentPauseMs > 0)
    add(
      'paused',
      `This process stood still for ${(recentPauseMs / 1_000).toFixed(1)} s: its event loop was blocked, it was stopped, or the machine slept. Move long computations to a worker, or give the machine more processor time.`,
    )
  if (localHealth >= lossyFrom)
    add(
      'lossy-network',
      `Other members answer this member late or not at all (local health ${localHealth} of 7, 0 is good). Is this machine overloaded, or does its network lose packets? Meanwhile it waits longer before it suspects a member.`,
    )
  if (silentConnections > 0)
    add(
      'silent-connections',
      `${silentConnections} of this member's connections carried no gossip and were replaced. If this goes on, look for other code that uses the pubsub service of the same libp2p node, or for a proxy that ends streams.`,
    )
  if (full)
    add(
      'full',
      'The table is full: 20,000 members are present, and this member does not see any others. Divide the cluster.',
    )
  return problems
}
