/**
 * Main: reads the command line and runs the command.
 *
 * The code of a command is loaded when the command runs. Every error is one line on stderr. Exit code 2 means that the
 * caller can correct the error, 1 is for all other errors.
 */
import { Command, CommanderError } from 'commander'
import manifest from '../package.json' with { type: 'json' }
import { addConfigCommands } from './config/options.ts'
import { addDemoOptions } from './demo/options.ts'
import { addJoinOptions, addRelayOptions } from './join/options.ts'
import { addPresenceOptions } from './presence/options.ts'
import { endProcess, watchOutput } from './terminal/output.ts'
import { UsageError } from './usage-error.ts'

export async function main(argv: readonly string[]): Promise<void> {
  watchOutput()
  const program = new Command('hearsay')
    .description('Which members are here and how they are doing, without a central server')
    .version(manifest.version)
    .exitOverride()
    .configureOutput({ outputError: () => undefined })

  addJoinOptions(program.command('join')).action(async (cluster, options) => {
    const { join } = await import('./join/join.ts')
    await join(cluster, options)
  })
  addRelayOptions(program.command('relay')).action(async (cluster, options) => {
    const { join } = await import('./join/join.ts')
    await join(cluster, { ...options, relay: true })
  })
  addConfigCommands(program.command('config'), async (...asked) => {
    const { config } = await import('./config/config.ts')
    await config(...asked)
  })
  addPresenceOptions(program.command('presence')).action(async (cluster, room, options) => {
    const { presence } = await import('./presence/presence.ts')
    await presence(cluster, room, options)
  })
  addDemoOptions(program.command('demo')).action(async options => {
    const { demo } = await import('./demo/demo.ts')
    await demo(options)
  })

  try {
    await program.parseAsync(argv)
  } catch (error) {
    const { exitCode, line } = explain(error as Error, argv)
    if (line !== '') console.error(`hearsay: ${line}`)
    await endProcess(exitCode)
  }
}

function explain(error: Error, argv: readonly string[]): { exitCode: number; line: string } {
  if (error instanceof UsageError) return { exitCode: 2, line: error.message }
  if (!(error instanceof CommanderError)) return { exitCode: 1, line: error.message }
  if (error.exitCode === 0) return { exitCode: 0, line: '' }
  // Without a command commander has printed the help already.
  if (error.code === 'commander.help') return { exitCode: 2, line: '' }
  const line = error.message
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '')
  // For an invalid value, commander's own message says which values are valid.
  const hint = error.code === 'commander.invalidArgument' ? '' : '. See hearsay --help'
  // Only `config` takes keys and values that may begin with a dash.
  if (error.code === 'commander.unknownOption' && argv.includes('config'))
    return { exitCode: 2, line: `${line}. Put -- before a key or value that begins with a dash` }
  return { exitCode: 2, line: line + hint }
}
