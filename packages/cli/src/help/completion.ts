/** Completion: a library makes the scripts of the shells, and completes words by the tree of commands. */
import addCompletion from '@bomb.sh/tab/commander'
import type { Command } from 'commander'

/** Lets the program print the scripts, and answer the questions that these ask by `hearsay complete`. */
export const completeBy = (program: Command): void => {
  addCompletion(program, { completionCommandName: 'completion' })
}
