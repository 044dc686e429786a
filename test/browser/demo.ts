/** Demo: runs the built `hearsay demo` without its scenario, and opens the page that it serves. */
import { fileURLToPath } from 'node:url'
import { type Child, startChild } from '../processes/process.ts'

const bin = fileURLToPath(new URL('../../packages/cli/bin/hearsay.js', import.meta.url))

export class Demo {
  readonly process: Child
  readonly url: string

  private constructor(process: Child, url: string) {
    this.process = process
    this.url = url
  }

  /** Starts the demo. Resolves when all members of the demo see each other. */
  static async start(members: number): Promise<Demo> {
    const args = [bin, 'demo', '--no-scenario', '--json', '--port', '0', '--members', `${members}`]
    return await new Promise((resolve, reject) => {
      const lines: string[] = []
      let url = ''
      const child = startChild(process.execPath, args, line => {
        lines.push(line)
        if (!line.startsWith('{')) return
        const printed = JSON.parse(line)
        if (printed.event === 'page') url = printed.url
        if (printed.event === 'step') resolve(new Demo(child, url))
      })
      void child.exited.then(() => reject(new Error(`the demo ended: ${lines.join('\n')}`)))
    })
  }

  /** Ends the demo as Ctrl-C does; the demo ends its members. */
  async end(): Promise<void> {
    this.process.signal('SIGINT')
    await this.process.exited
  }
}
