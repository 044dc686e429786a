/**
 * Ticket: the ticket with which a member joins, from a file, from the environment, or pasted into the terminal. Never from
 * the command line, which all users of the computer can read.
 */
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { UsageError } from '../usage-error.ts'
import { firstLine } from './secret-file.ts'

export const ticketVariable = 'HEARSAY_TICKET'

/** Whether there is a ticket to read. */
export const hasTicket = (file: string | undefined): boolean =>
  file !== undefined || process.env[ticketVariable] !== undefined

/** The first line of the file, or else the environment variable. Undefined: there is none. */
export function readTicket(file: string | undefined): string | undefined {
  return file === undefined ? process.env[ticketVariable] : firstLine('--ticket-file', file)
}

export const hasTerminal = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true

/**
 * Asks for a ticket in the terminal, and does not show it.
 *
 * @throws {UsageError} the input ended without a ticket, or by Ctrl-C
 */
export function askForTicket(): Promise<string> {
  // readline reads keys, because a terminal cuts lines of more than 4,095 bytes. It would echo them.
  const output = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output, terminal: true })
  // From now on the terminal itself echoes nothing.
  process.stderr.write('Paste a ticket and press Enter. It is not shown: ')
  return new Promise((resolve, reject) => {
    lines.once('line', line => {
      resolve(line.trim())
      lines.close()
    })
    lines.once('close', () => {
      process.stderr.write('\n')
      reject(new UsageError('no ticket was given'))
    })
  })
}
