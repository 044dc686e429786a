/** `hearsay join`: one member, from its start to its goodbye. */
import type { Cluster, JoinOptions } from '@hearsay/core'
import { startMember } from '../member/start.ts'
import { sayGoodbye, stopRequested } from '../member/stop.ts'
import { tellOfOthers } from '../member/told.ts'
import { jsonLines } from './json-lines.ts'
import { log } from './log.ts'
import type { JoinFlags } from './options.ts'

/** Long enough for a slow start elsewhere, short enough that nobody looks for the mistake in the wrong place. */
const unansweredMs = 3_000

export async function join(cluster: string, flags: JoinFlags): Promise<void> {
  // Before all else: who presses Ctrl-C during the start wants no more than that it ends.
  const stop = stopRequested()
  const member = await Promise.race([startMember(toOptions(cluster, flags)), stop])
  if (member) {
    const { ready, told } = flags.json ? jsonLines : log
    ready(member)
    tellOfOthers(member, told)
    if (flags.bootstrap) watchBootstrap(member, flags.bootstrap)
    await stop
    await sayGoodbye(member)
  }
  process.exit(0)
}

function toOptions(cluster: string, flags: JoinFlags): JoinOptions {
  const { name, tag: tags, listen, bootstrap, profile, storage, mdns } = flags
  return {
    cluster,
    mdns,
    ...(tags !== undefined && { tags }),
    ...(listen !== undefined && { listen }),
    ...(bootstrap !== undefined && { bootstrap }),
    ...(name !== undefined && { name }),
    ...(profile !== undefined && { profile }),
    ...(storage !== undefined && { storage }),
  }
}

function watchBootstrap(member: Cluster, bootstrap: readonly string[]): void {
  const say = () => {
    if (member.members.getSnapshot().length > 1) return
    console.error(`hearsay: nobody answers at ${bootstrap.join(' or ')} yet; still trying`)
  }
  setTimeout(say, unansweredMs)
}
