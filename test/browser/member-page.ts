/** Member page: runs the built `hearsay page`, for a member whose control socket lies in a folder. */
import { fileURLToPath } from 'node:url'
import { type Child, startChild } from '../processes/process.ts'

const bin = fileURLToPath(new URL('../../packages/cli/bin/hearsay.js', import.meta.url))

export class MemberPage {
  readonly process: Child
  /** With its token. */
  readonly url: string

  private constructor(process: Child, url: string) {
    this.process = process
    this.url = url
  }

  static async start(folder: string, ...options: readonly string[]): Promise<MemberPage> {
    const args = [bin, 'page', '--json', '--port', '0', '--control', folder, ...options]
    return await new Promise((resolve, reject) => {
      const lines: string[] = []
      const child = startChild(process.execPath, args, line => {
        lines.push(line)
        if (line.startsWith('{')) resolve(new MemberPage(child, JSON.parse(line).url))
      })
      void child.exited.then(() => reject(new Error(`hearsay page ended: ${lines.join('\n')}`)))
    })
  }

  async end(): Promise<void> {
    this.process.signal('SIGINT')
    await this.process.exited
  }
}
