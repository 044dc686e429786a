/**
 * Completion: a library makes the scripts of the shells, and completes words by the tree of commands.
 *
 * No script runs the text that a user has typed. The library's script for bash would: it evaluates the words, so Tab after a
 * `$(command)` would run the command. This code replaces that part. The scripts for the other shells quote the words.
 */
import addCompletion from '@bomb.sh/tab/commander'
import type { Command } from 'commander'

/** From the line that joins the words to the one that evaluates them. */
const evaluation =
  /^( *)requestComp="hearsay complete -- \$\{words\[@\]:1\}"\n[\s\S]*?\n *out=\$\(eval .*\)$/m
const call = '$1out=$$(hearsay complete -- "$${words[@]:1}" 2>/dev/null)'

/** Lets the program print the scripts, and answer the questions that these ask by `hearsay complete`. */
export const completeBy = (program: Command): void => {
  const { log } = console
  // The library prints the script in one piece instead of returning it.
  console.log = (text: unknown) => log(typeof text === 'string' ? text.replace(evaluation, call) : text)
  addCompletion(program, { completionCommandName: 'completion' })
}
