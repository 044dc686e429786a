/** Command tree: the commands of a program with their full names. */
import type { Command } from 'commander'
import { examples } from './examples.ts'

/** The command and all commands below it. */
export const commandsOf = (command: Command): Command[] => [command, ...command.commands.flatMap(commandsOf)]

/** The name with those of the commands above it, without that of the program: `config get`. */
export function fullName(command: Command): string {
  const { parent } = command
  return parent ? `${fullName(parent)} ${command.name()}`.trim() : ''
}

/** The command that these words name, with those of the commands above it. @returns undefined: there is none */
export const commandNamed = (program: Command, words: readonly string[]): Command | undefined =>
  words.reduce<Command | undefined>(
    (command, word) => command?.commands.find(each => each.name() === word),
    program,
  )

/** Adds the examples of each command to its help. */
export function addExamples(program: Command): void {
  for (const command of commandsOf(program)) {
    const [first, ...others] = examples[fullName(command)] ?? []
    if (!first) continue
    const lines = [first, ...others].map(([line, purpose]) => `  ${line}\n      ${purpose}`)
    command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`)
  }
}
