/**
 * Main: reads the command line and runs the command.
 *
 * Every error is one line on stderr. Exit code 2 means that the
 * caller can correct the error, 1 is for all other errors.
 */
import { type Command, CommanderError } from 'commander'
import { commandsOf } from './help/command-tree.ts'
import { completionCommands, createProgram } from './program.ts'
import { endProcess, printError, watchOutput } from './terminal/output.ts'
import { UsageError } from './usage-error.ts'

export async function main(argv: readonly string[]): Promise<void> {
  watchOutput()
  const completes = completionCommands.includes(argv[2] ?? '')
  const program = createProgram({ hasCompletion: !completes })
  if (completes) (await import('./help/completion.ts')).completeBy(program)
  for (const command of commandsOf(program))
    command.exitOverride().configureOutput({ outputError: () => undefined })

  try {
    await program.parseAsync(argv)
    // The help and the completion end here.
    await endProcess(0)
  } catch (error) {
    const { exitCode, line } = explain(error as Error, argv, program)
    if (line !== '') printError(line)
    await endProcess(exitCode)
  }
}

function explain(
  error: Error,
  argv: readonly string[],
  program: Command,
): { exitCode: number; line: string } {
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
  if (error.code === 'commander.invalidArgument') return { exitCode: 2, line }
  const command = commandIn(program, argv)
  // The names of members, keys and values may begin with a dash.
  const takesMore = error.code === 'commander.unknownOption' && command.registeredArguments.length > 0
  const dash = takesMore ? '. Put -- before an argument that begins with a dash' : ''
  return { exitCode: 2, line: `${line}${dash}. See ${nameOf(command)} --help` }
}

/** The command of a command line, as far as it exists. */
function commandIn(program: Command, argv: readonly string[]): Command {
  let command = program
  for (const word of argv.slice(2)) {
    const next = command.commands.find(each => each.name() === word)
    if (!next) break
    command = next
  }
  return command
}

const nameOf = (command: Command): string =>
  command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name()
