import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire, stripTypeScriptTypes } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { mulberry32 } from '../../../test/helpers/mulberry32.ts'
import { DeadlineQueue } from '../src/deadline-queue.ts'
import * as detectorPackage from '../src/index.ts'

const root = new URL('..', import.meta.url).pathname
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const snippets = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(match => match[1] ?? '')

describe('README.md', () => {
  const folder = mkdtempSync(join(tmpdir(), 'readme-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  it('has snippets that compile', () => {
    const require = createRequire(import.meta.url)
    const typesRoot = join(require.resolve('@types/node/package.json'), '../..')
    const tsconfig = {
      extends: join(root, '../../tsconfig.base.json'),
      compilerOptions: {
        types: ['node'],
        typeRoots: [typesRoot],
        noEmit: true,
        // A snippet may leave a variable for the reader to use.
        noUnusedLocals: false,
        allowImportingTsExtensions: true,
        // Each snippet is a module of its own, as in Node.
        moduleDetection: 'force',
        paths: { '@hearsay/failure-detector': [join(root, 'src/index.ts')] },
      },
      include: ['*.ts'],
    }
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig))
    for (const [index, code] of snippets.entries()) writeFileSync(join(folder, `snippet-${index}.ts`), code)
    const tsc = join(require.resolve('typescript/package.json'), '../bin/tsc')
    expect(spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' }).stdout).toBe('')
  })

  it('has a first snippet whose members detect a stop and a return', () => {
    const world = new World(snippets[0] ?? '')
    for (const self of ['7001', '7002', '7003']) world.start(self)
    world.run(5_000)
    world.stop('7003')
    world.run(10_000)
    expect(world.printed('7001', '7003')).toEqual(['suspect', 'fail'])
    expect(world.printed('7002', '7003')).toEqual(['suspect', 'fail'])
    world.start('7003')
    world.run(5_000)
    expect(world.printed('7001', '7003')).toEqual(['suspect', 'fail', 'return'])
    expect(world.printed('7002', '7003')).toEqual(['suspect', 'fail', 'return'])
  })
})

/** The parts of Node that the snippet uses, in virtual time: UDP, timers, two clocks and a console. */
class World {
  readonly #code: string
  readonly #queue = new DeadlineQueue<() => void>()
  readonly #sockets = new Map<string, (bytes: string) => void>()
  readonly #processes = new Map<string, object>()
  readonly #lines: { readonly by: string; readonly effect: { type: string; id?: string } }[] = []
  #nowMs = 0

  constructor(code: string) {
    this.#code = stripTypeScriptTypes(code).replace(/^import .* from .*$/gm, '')
  }

  printed(by: string, about: string): string[] {
    return this.#lines
      .filter(line => line.by === by && line.effect.id === about)
      .map(line => line.effect.type)
  }

  run(forMs: number): void {
    const untilMs = this.#nowMs + forMs
    for (;;) {
      const dueMs = this.#queue.nextMs()
      const action = this.#queue.takeDue(untilMs)
      if (action === undefined) break
      this.#nowMs = dueMs
      action()
    }
    this.#nowMs = untilMs
  }

  stop(self: string): void {
    this.#processes.delete(self)
    this.#sockets.delete(self)
  }

  start(self: string): void {
    const process = {}
    this.#processes.set(self, process)
    const later = (action: () => void, afterMs: number): (() => void) => {
      const guarded = (): void => {
        if (this.#processes.get(self) === process) action()
      }
      this.#queue.set(guarded, this.#nowMs + Math.max(0, afterMs))
      return guarded
    }
    const socket = {
      bind: () => socket,
      on: (_: string, listener: (bytes: string) => void) => this.#sockets.set(self, listener),
      send: (bytes: string, to: number) => later(() => this.#sockets.get(String(to))?.(bytes), 1),
    }
    const others = ['7001', '7002', '7003'].filter(id => id !== self)
    const globals = {
      createDetector: detectorPackage.createDetector,
      createSocket: () => socket,
      process: { argv: ['node', 'watch.ts', self, ...others] },
      performance: { now: () => this.#nowMs },
      Date: { now: () => 1_000_000 + this.#nowMs },
      Math: Object.assign(Object.create(Math), { random: mulberry32(Number(self)) }),
      setTimeout: later,
      setImmediate: (action: () => void) => action(),
      clearTimeout: (timer: () => void) => this.#queue.delete(timer),
      console: { log: (effect: { type: string }) => this.#lines.push({ by: self, effect }) },
    }
    new Function(...Object.keys(globals), `'use strict'\n${this.#code}`)(...Object.values(globals))
  }
}
