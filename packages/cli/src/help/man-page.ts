/** Manual page: the tree of commands as text for `man`. */
import type { Command } from 'commander'
import { commandsOf, fullName } from './command-tree.ts'
import { examples } from './examples.ts'

export function manPage(program: Command): string {
  const commands = commandsOf(program).filter(command => command.commands.length === 0)
  return [
    `.TH HEARSAY 1 "" "hearsay ${program.version()}" "User Commands"`,
    '.SH NAME',
    `hearsay \\- ${roff(program.description())}`,
    '.SH SYNOPSIS',
    '.B hearsay',
    '.I command',
    '[\\fIoption\\fR ...]',
    '.SH DESCRIPTION',
    roff(
      'Commands that ask a question attach to a member that runs on this machine, and join the cluster only if there is none.',
    ),
    '.SH COMMANDS',
    ...commands.flatMap(section),
    '.SH ENVIRONMENT',
    ...environment.flatMap(([name, meaning]) => ['.TP', `.B ${roff(name)}`, roff(meaning)]),
    '.SH EXIT STATUS',
    ...exitCodes.flatMap(([code, meaning]) => ['.TP', `.B ${code}`, roff(meaning)]),
    '',
  ].join('\n')
}

const environment = [
  ['HEARSAY_SECRET', "The cluster's secret, unless --secret-file names a file."],
  [
    'HEARSAY_TICKET',
    'A ticket to join with, unless --ticket-file, --authority-file or --secret-file names a file. A ticket takes precedence over HEARSAY_SECRET.',
  ],
  ['HEARSAY_CONTROL', 'The folder of the control sockets, unless --control names one.'],
  [
    'XDG_RUNTIME_DIR',
    'Without HEARSAY_CONTROL, the control sockets are in the folder hearsay of this folder.',
  ],
] as const

const exitCodes = [
  ['0', 'The command has done what was asked.'],
  ['1', 'The command failed, or the answer is that something needs attention.'],
  ['2', 'The command line is wrong, or the command cannot run as requested.'],
] as const

function section(command: Command): string[] {
  const help = command.createHelp()
  const name = fullName(command)
  const usage = `hearsay ${name} ${command.usage()}`
  return [
    `.SS "${roff(usage)}"`,
    roff(sentence(command.description())),
    ...help
      .visibleArguments(command)
      .flatMap(argument => described(`<${argument.name()}>`, help.argumentDescription(argument))),
    ...help
      .visibleOptions(command)
      .flatMap(option => described(help.optionTerm(option), help.optionDescription(option))),
    ...(examples[name] ?? []).flatMap(([line, purpose]) => [
      '.PP',
      `Example: ${roff(purpose)}`,
      '.PP',
      '.RS',
      '.nf',
      roff(line),
      '.fi',
      '.RE',
    ]),
  ]
}

const described = (term: string, description: string): string[] => [
  '.TP',
  `.B ${roff(term)}`,
  roff(sentence(description)),
]

const sentence = (text: string): string => text && `${text[0]?.toUpperCase()}${text.slice(1)}.`

/** Escapes what roff would read as a command. */
const roff = (text: string): string =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('"', '\\(dq')
    .replaceAll("'", '\\(aq')
    .replace(/^\./, '\\&.')
