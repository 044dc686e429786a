/** Command lines of the commands that ask one question: `info`, `explain`, `health`, `rtt` and `reachability`. */
import type { Command } from 'commander'
import { type AskFlags, addAskOptions } from '../attach/options.ts'

export type Question =
  | { readonly type: 'info' | 'health' | 'reachability' }
  | { readonly type: 'explain' | 'rtt'; readonly member: string }

type Run = (question: Question, flags: AskFlags) => Promise<void>

const whichMember = 'its name, its id, or the beginning or the end of one'

export function addAskCommands(program: Command, run: Run): void {
  const add = (type: 'info' | 'health' | 'reachability', description: string) =>
    addAskOptions(program.command(type).description(description)).action(flags => run({ type }, flags))
  const addAbout = (type: 'explain' | 'rtt', description: string) =>
    addAskOptions(program.command(type).description(description).argument('<member>', whichMember)).action(
      (member, flags) => run({ type, member }, flags),
    )

  add('info', 'print who the member is, and how many others it knows')
  add('health', 'print how the member is doing; exit code 1 if it needs attention')
  addAbout('explain', 'print why a member has its status, or is not known')
  addAbout('rtt', 'print the round-trip time to a member')
  add('reachability', 'print how each member can be reached, and when its last heartbeat arrived')
}
