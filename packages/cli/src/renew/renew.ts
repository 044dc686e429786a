/** `hearsay renew`: replaces the grants of a running member by those of another ticket. */
import { decodeTicket } from '@hearsay/core/app'
import { openRunning } from '../attach/open-cluster.ts'
import { asUsageError } from '../member/as-usage-error.ts'
import { askForTicket, hasTerminal, readTicket, ticketVariable } from '../member/ticket.ts'
import { printable, shortId } from '../terminal/format.ts'
import { endProcess, printJson } from '../terminal/output.ts'
import { UsageError } from '../usage-error.ts'
import type { RenewFlags } from './options.ts'

export async function renew({ ticketFile, ...flags }: RenewFlags): Promise<void> {
  const cluster = await openRunning(flags)
  const ticket = (await readTicket(ticketFile)) ?? (hasTerminal() ? await askForTicket() : undefined)
  if (ticket === undefined)
    throw new UsageError(`give the new ticket by --ticket-file, or by the variable ${ticketVariable}`)
  await asUsageError(cluster.renew(ticket))
  const { id, name } = cluster.self
  const { expiresAtMs, roles } = decodeTicket(ticket)
  if (flags.json) printJson({ event: 'renewed', id, name, roles, expiresAtMs, at: Date.now() })
  else
    console.log(
      `${printable(name)} ${shortId(id)} is a member of ${printable(cluster.name)} until ${new Date(expiresAtMs).toISOString()}`,
    )
  await cluster.leave()
  await endProcess(0)
}
