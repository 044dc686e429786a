/**
 * Refuse empty: refuses an empty argument or option before a command runs. An empty text usually comes from a variable of a
 * shell that is not set. An argument with a parser, such as the value of a config, may be empty.
 */
import type { Command } from 'commander'
import { UsageError } from './usage-error.ts'

/** @throws {UsageError} it names the first argument or option that is empty */
export function refuseEmpty(command: Command): void {
  const empty = emptyArgument(command) ?? emptyOption(command)
  if (empty !== undefined) throw new UsageError(`${empty}: give a text of at least one character`)
}

const emptyArgument = ({ registeredArguments, args }: Command): string | undefined =>
  registeredArguments
    .filter(
      (argument, i) => !argument.parseArg && (argument.variadic ? args.slice(i) : [args[i]]).includes(''),
    )
    .map(argument => argument.name())[0]

const emptyOption = (command: Command): string | undefined =>
  command.options.find(option => [command.getOptionValue(option.attributeName())].flat().includes(''))?.long
