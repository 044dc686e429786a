/** Options by which a command finds a running member, and joins if there is none. */
import type { Command } from 'commander'
import { InvalidArgumentError } from 'commander'
import { addJoiningOptions, type JoiningFlags } from '../member/options.ts'

/** How to find the control socket of a running member. */
export interface ControlFlags {
  /** The folder of the control sockets; false: use none. */
  readonly control?: string | false
}

/** Whether to use a running member. */
export interface AttachFlags extends ControlFlags {
  readonly attach: boolean
  readonly member?: string
}

/** Options of the commands that ask a member. */
export interface AskFlags extends AttachFlags, JoiningFlags {
  readonly cluster?: string
  /** Seconds. */
  readonly wait: number
  readonly json?: true
}

/** Options of the commands that only a running member can carry out. */
export type RunningFlags = Pick<AskFlags, 'control' | 'cluster' | 'member' | 'json'>

const controlVariable = 'HEARSAY_CONTROL'

export const addControlOption = (command: Command): Command =>
  command.option(
    '--control <folder>',
    'the folder of the control sockets, with mode 0700 (default: HEARSAY_CONTROL, or the folder of this user)',
  )

const addMemberOption = (command: Command): Command =>
  command.option(
    '--member <member>',
    'the running member, if several run here: its name or the end of its id (default: one that answers, and is not excluded from its cluster)',
  )

export const addRunningOptions = (command: Command): Command =>
  addControlOption(
    addMemberOption(
      command.option('--cluster <name>', 'the cluster (default: the one with a running member)'),
    ),
  ).option('--json', 'print one JSON object per line')

const addNoAttach = (command: Command): Command =>
  command.option('--no-attach', 'join as a new member, even if a member of the cluster runs here')

/** For a command that may be a member of its own. */
export const addAttachOptions = (command: Command): Command =>
  addNoAttach(addControlOption(addMemberOption(command)))

export const addAskOptions = (command: Command): Command =>
  addJoiningOptions(
    addNoAttach(addRunningOptions(command)).option(
      '--wait <seconds>',
      'how long to wait for other members, if the command joins the cluster',
      toSeconds,
      5,
    ),
  )

/** The folder that the user chose; undefined: the folder of this user. */
export const controlFolder = ({ control }: ControlFlags): { folder?: string } => {
  const folder = control || process.env[controlVariable]
  return folder ? { folder } : {}
}

/** A message of @hearsay/port with the options of the command line. */
export const commandMessage = (message: string): string =>
  message
    .replace(/^\w+Control\w*: /, '')
    .replace(/^folder: /, '--control: ')
    .replace(/Name one of them$/, 'Choose one with --member or --cluster')
    .replace(/Name the cluster$/, 'Name the cluster with --cluster')

export function toSeconds(text: string): number {
  const seconds = Number(text)
  if (text.trim() !== '' && seconds >= 0 && seconds <= 3_600) return seconds
  throw new InvalidArgumentError('Give a number of seconds from 0 to 3600.')
}
