/**
 * Program: the tree of all commands, with their options and help. The code of a command is loaded when the command runs.
 *
 * The completion of shells and the manual page are made from this tree, so a command or an option that is added here appears
 * in both.
 */
import { Argument, Command } from 'commander'
import manifest from '../package.json' with { type: 'json' }
import { addAskCommands } from './ask/options.ts'
import { addConfigCommands } from './config/options.ts'
import { addDemoOptions } from './demo/options.ts'
import { addFoundOptions } from './found/options.ts'
import { addExamples, commandNamed } from './help/command-tree.ts'
import { addInviteOptions } from './invite/options.ts'
import { addJoinOptions, addRelayOptions } from './join/options.ts'
import { addKeysCommands } from './keys/options.ts'
import { addLeaveOptions } from './leave/options.ts'
import { addMembersOptions } from './members/options.ts'
import { addMonitorOptions } from './monitor/options.ts'
import { addPageOptions } from './page/options.ts'
import { addPresenceOptions } from './presence/options.ts'
import { addEventOptions, addQueryOptions } from './query/options.ts'
import { refuseEmpty } from './refuse-empty.ts'
import { addRenewOptions } from './renew/options.ts'
import { addRevokeOptions } from './revoke/options.ts'
import { addTagsCommands } from './tags/options.ts'
import { UsageError } from './usage-error.ts'

/** @param hasCompletion false: without the command `completion`, for which a library adds {@link completionCommands} */
export function createProgram({ hasCompletion = true }: { hasCompletion?: boolean } = {}): Command {
  const program = new Command('hearsay')
    .description('Run members of a cluster without a central server, and see which members are alive')
    .version(manifest.version)
    .hook('preAction', (_program, command) => {
      // The word to complete may be empty.
      if (!completionCommands.includes(command.name())) refuseEmpty(command)
    })

  addJoinOptions(program.command('join')).action(async (cluster, options) => {
    const { join } = await import('./join/join.ts')
    await join(cluster, options)
  })
  addRelayOptions(program.command('relay')).action(async (cluster, options) => {
    const { join } = await import('./join/join.ts')
    await join(cluster, { ...options, relay: true })
  })
  addFoundOptions(program.command('found')).action(async (cluster, options) => {
    const { found } = await import('./found/found.ts')
    await found(cluster, options)
  })
  addInviteOptions(program.command('invite')).action(async options => {
    const { invite } = await import('./invite/invite.ts')
    await invite(options)
  })
  addRevokeOptions(program.command('revoke')).action(async (what, options) => {
    const { revoke } = await import('./revoke/revoke.ts')
    await revoke(what, options)
  })
  addRenewOptions(program.command('renew')).action(async options => {
    const { renew } = await import('./renew/renew.ts')
    await renew(options)
  })
  addMembersOptions(program.command('members')).action(async options => {
    const { members } = await import('./members/members.ts')
    await members(options)
  })
  addAskCommands(program, async (...asked) => {
    const { ask } = await import('./ask/ask.ts')
    await ask(...asked)
  })
  addMonitorOptions(program.command('monitor')).action(async options => {
    const { monitor } = await import('./monitor/monitor.ts')
    await monitor(options)
  })
  addQueryOptions(program.command('query'), async (...asked) => {
    const { query } = await import('./query/query.ts')
    await query(...asked)
  })
  addEventOptions(program.command('event'), async (...asked) => {
    const { sendEvent } = await import('./query/event.ts')
    await sendEvent(...asked)
  })
  addTagsCommands(program.command('tags'), async (...asked) => {
    const { changeTags } = await import('./tags/tags.ts')
    await changeTags(...asked)
  })
  addKeysCommands(program.command('keys'), async (...asked) => {
    const { keys } = await import('./keys/keys.ts')
    await keys(...asked)
  })
  addLeaveOptions(program.command('leave')).action(async options => {
    const { leave } = await import('./leave/leave.ts')
    await leave(options)
  })
  addConfigCommands(program.command('config'), async (...asked) => {
    const { config } = await import('./config/config.ts')
    await config(...asked)
  })
  addPresenceOptions(program.command('presence')).action(async (cluster, room, options) => {
    const { presence } = await import('./presence/presence.ts')
    await presence(cluster, room, options)
  })
  addPageOptions(program.command('page')).action(async options => {
    const { page } = await import('./page/page.ts')
    await page(options)
  })
  addDemoOptions(program.command('demo')).action(async options => {
    const { demo } = await import('./demo/demo.ts')
    await demo(options)
  })
  program.helpCommand(false)
  program
    .command('help')
    .description('print the help of a command')
    .argument('[command...]', 'the command, such as: config get')
    .action((words: readonly string[]) => {
      const command = commandNamed(program, words)
      if (!command) throw new UsageError(`unknown command '${words.join(' ')}'. See hearsay --help`)
      command.outputHelp()
    })
  if (hasCompletion)
    program
      .command('completion')
      .description('print a script that completes hearsay commands in a shell')
      .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish', 'powershell']))
  addExamples(program)
  return program
}

/** The commands of the library that completes words, which is loaded only for them. */
export const completionCommands: readonly string[] = ['completion', 'complete']
