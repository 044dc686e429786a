/** Command line of `hearsay leave`. */
import type { Command } from 'commander'
import { addRunningOptions } from '../attach/options.ts'

export const addLeaveOptions = (command: Command): Command =>
  addRunningOptions(
    command.description('let a running member leave its cluster and end, like Ctrl-C in its own terminal'),
  )
