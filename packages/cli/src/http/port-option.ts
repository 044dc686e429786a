/** Port option: the port at which a command serves its page. */
import { type Command, InvalidArgumentError } from 'commander'

export const addPortOption = (command: Command, usualPort: number): Command =>
  command.option(
    '--port <port>',
    `the page's port (default: ${usualPort}, or any free port if ${usualPort} is in use)`,
    toPort,
  )

function toPort(text: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new InvalidArgumentError('Give a whole number from 0 to 65535.')
}
