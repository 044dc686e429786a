/**
 * Main: reads the command line and runs the command.
 *
 * A command's code is loaded when it is asked for. Whatever goes wrong is one line on stderr; exit code 2 is
 * for what the caller can put right, 1 for the rest.
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
    .description('Who is here and how they are doing, with no server in the middle')
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
  // No command at all: commander has printed the help.
  if (error.code === 'commander.help') return { exitCode: 2, line: '' }
  const line = error.message
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '')
  // Of a wrong value, commander says itself what is right.
  const hint = error.code === 'commander.invalidArgument' ? '' : '. See hearsay --help'
  // Only there something may stand that begins so and is no option.
  if (error.code === 'commander.unknownOption' && argv.includes('config'))
    return { exitCode: 2, line: `${line}. Put -- before a key or value that begins with a dash` }
  return { exitCode: 2, line: line + hint }
}
