/** Example: a process of one of the examples, and what it says line by line. None outlives its test. */
import { onTestFinished } from 'vitest'
import { type Child, startChild } from './process.ts'

export class Example {
  /** Of both streams. */
  readonly lines: string[] = []
  readonly gone: Promise<void>
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
    this.gone = this.#child.gone.then(() => {
      this.#isRunning = false
      look()
    })
    onTestFinished(() => this.#child.signal('SIGKILL'))
  }

  /** Where it says that it listens. */
  get address(): Promise<string> {
    return this.line(/ listens on /).then(line => line.split(' ').at(-1) ?? '')
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.signal(signal)
  }

  say(line: string): void {
    this.#child.say(line)
  }

  /** The first line that fits, as soon as there is one. */
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
