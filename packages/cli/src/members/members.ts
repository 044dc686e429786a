/** `hearsay members`: lists the members that a member knows, once or until the command ends. */
import type { Cluster, Member } from '@hearsay/core'
import { openAsked } from '../attach/open-cluster.ts'
import { failsWithMember, leaveWithin, stopRequested } from '../member/lifecycle.ts'
import { followMembers } from '../member/member-events.ts'
import { endProcess, outputClosed, printError, printJson } from '../terminal/output.ts'
import { memberLine, memberRows, titlesOf } from './member-rows.ts'
import type { MembersFlags } from './options.ts'

export async function members({ status, tag, watch, ...flags }: MembersFlags): Promise<void> {
  const stop = Promise.race([stopRequested(), ...(watch ? [outputClosed()] : [])])
  const opened = await Promise.race([openAsked(flags), stop])
  if (!opened) return endProcess(watch ? 0 : 1)
  const { cluster } = opened
  const fits = ({ status: is, tags }: Member) =>
    (!status || status.includes(is)) && Object.entries(tag ?? {}).every(([key, value]) => tags[key] === value)
  const shown = () => cluster.members.getSnapshot().filter(fits)
  try {
    if (!watch) await print(cluster, shown(), flags.json)
    else {
      const ended = Promise.race([stop, failsWithMember(cluster)])
      if (process.stdout.isTTY && !flags.json) await show(cluster, shown, ended)
      else await follow(cluster, fits, flags.json, ended)
    }
  } finally {
    await leaveWithin(cluster)
  }
  await endProcess(0)
}

async function print({ self }: Cluster, members: readonly Member[], json: true | undefined): Promise<void> {
  if (json) {
    for (const member of members) printJson(memberLine(member, self.id))
    return
  }
  const { printTable } = await import('../terminal/text-table.ts')
  if (members.length > 0) await printTable(titlesOf(members), memberRows(members, self.id))
  else printError('no member fits')
}

/** A table that changes, in a terminal. */
async function show(
  cluster: Cluster,
  shown: () => readonly Member[],
  ended: Promise<unknown>,
): Promise<void> {
  const [{ liveTable }, { quitKeyPressed }] = await Promise.all([
    import('./live-table.ts'),
    import('../terminal/keys.ts'),
  ])
  const table = liveTable(cluster.name, () => cluster.self.id, shown)
  const unsubscribe = cluster.members.subscribe(table.changed)
  try {
    await Promise.race([ended, quitKeyPressed()])
  } finally {
    unsubscribe()
    table.close()
  }
}

/** A line for each event. */
async function follow(
  cluster: Cluster,
  fits: (member: Member) => boolean,
  json: true | undefined,
  ended: Promise<unknown>,
): Promise<void> {
  const { event } = json
    ? (await import('../join/json-lines.ts')).jsonLines
    : (await import('../join/log.ts')).log
  for (const member of cluster.members.getSnapshot())
    if (json && fits(member)) printJson(memberLine(member, cluster.self.id))
  followMembers(cluster, each => {
    if (fits(each.member)) event(each)
  })
  await ended
}
