/** Demo: `hearsay demo` without its story, as built, and the page that it serves. */
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

  /** Resolves when all its members see each other. */
  static async start(members: number): Promise<Demo> {
    const args = [bin, 'demo', '--no-scenario', '--json', '--port', '0', '--members', `${members}`]
    return await new Promise((resolve, reject) => {
      const lines: string[] = []
      let url = ''
      const child = startChild(process.execPath, args, line => {
        lines.push(line)
        if (!line.startsWith('{')) return
        const told = JSON.parse(line)
        if (told.event === 'page') url = told.url
        if (told.event === 'step') resolve(new Demo(child, url))
      })
      void child.gone.then(() => reject(new Error(`the demo ended: ${lines.join('\n')}`)))
    })
  }

  /** As Ctrl-C does: it ends its members. */
  async end(): Promise<void> {
    this.process.signal('SIGINT')
    await this.process.gone
  }
}
