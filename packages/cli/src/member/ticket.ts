/**
 * Ticket: the ticket with which a member joins, from a file, from the environment, or pasted into the terminal. Never from
 * the command line, which all users of the computer can read.
 */
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { UsageError } from '../usage-error.ts'
import { secretText } from './secret-file.ts'

/**
 * How long after a line the rest of a pasted ticket may arrive. Our choice: a terminal delivers a paste at once, and nobody
 * notices the wait.
 */
const pasteMs = 300

export const ticketVariable = 'HEARSAY_TICKET'

/** Whether there is a ticket to read. */
export const hasTicket = (file: string | undefined): boolean =>
  file !== undefined || process.env[ticketVariable] !== undefined

/** A text with the ticket: that of the file, or else of the environment variable. Undefined: there is none. */
export async function readTicket(file: string | undefined): Promise<string | undefined> {
  return file === undefined ? process.env[ticketVariable] : await secretText('--ticket-file', file, 'ticket')
}

export const hasTerminal = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true

/**
 * Asks for a ticket in the terminal, and does not show it.
 *
 * @throws {UsageError} the input ended without a ticket, or by Ctrl-C
 */
export function askForTicket(): Promise<string> {
  // readline reads key by key, because a terminal cuts lines of more than 4,095 bytes. `output` drops what readline echoes.
  const output = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output, terminal: true })
  // From now on the terminal itself echoes nothing.
  process.stderr.write('Paste a ticket and press Enter. It is not shown: ')
  return new Promise((resolve, reject) => {
    let text = ''
    let end: NodeJS.Timeout | undefined
    lines.on('line', line => {
      text += `${line}\n`
      clearTimeout(end)
      end = setTimeout(() => {
        // The last line of a paste may wait for Enter.
        if (lines.line !== '') return
        resolve(text)
        lines.close()
      }, pasteMs)
    })
    lines.once('close', () => {
      process.stderr.write('\n')
      reject(new UsageError('no ticket was given'))
    })
  })
}
