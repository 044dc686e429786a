/** Example: a process of one of the examples, with its output line by line. It ends with its test at the latest. */
import { onTestFinished } from 'vitest'
import { type Child, startChild } from './process.ts'

export class Example {
  /** Lines of stdout and stderr. */
  readonly lines: string[] = []
  readonly exited: Promise<void>
  readonly #child: Child
  readonly #waiting = new Set<() => void>()
  #isRunning = true

  constructor(args: readonly string[]) {
    const look = () => {
      for (const each of this.#waiting) each()
    }
    this.#child = startChild(process.execPath, args, line => {
      this.lines.push(line)
      look()
    })
    this.exited = this.#child.exited.then(() => {
      this.#isRunning = false
      look()
    })
    onTestFinished(() => this.#child.signal('SIGKILL'))
  }

  /** The address at which it listens, from its output. */
  get address(): Promise<string> {
    return this.line(/ listens on /).then(line => line.split(' ').at(-1) ?? '')
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.signal(signal)
  }

  writeLine(line: string): void {
    this.#child.writeLine(line)
  }

  /** The first line that matches, as soon as there is one. */
  line(fits: RegExp): Promise<string> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = this.lines.find(line => fits.test(line))
        if (found === undefined && this.#isRunning) return
        this.#waiting.delete(look)
        if (found === undefined) reject(new Error(`ended without ${fits}:\n${this.lines.join('\n')}`))
        else resolve(found)
      }
      this.#waiting.add(look)
      look()
    })
  }
}
