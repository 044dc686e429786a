import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join as pathOf } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { execArgv } from '../../../../test/helpers/exec-argv.ts'
import { join, leaveAll, loopback } from './members.ts'

const script = fileURLToPath(new URL('./writing-process.ts', import.meta.url))

let folder: string | undefined
let child: ChildProcess | undefined

afterEach(async () => {
  child?.kill('SIGKILL')
  await leaveAll()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

/** Starts a process that writes from this number on, and kills it. @returns the last number that it acknowledged */
async function writeAndKill(storage: string, from: number, into: 'config' | 'document'): Promise<number> {
  const options = { cluster: 'killed', listen: [loopback], mdns: false, storage }
  const writer = fork(script, [JSON.stringify(options), String(from), into], { execArgv })
  child = writer
  let stored = from - 1
  writer.on('message', number => {
    stored = Number(number)
    if (stored >= from + 150) writer.kill('SIGKILL')
  })
  await once(writer, 'exit')
  return stored
}

describe('a process that is killed while it writes', { timeout: 60_000 }, () => {
  it('loses no acknowledged entry of a shared config', async () => {
    folder = mkdtempSync(pathOf(tmpdir(), 'hearsay-killed-'))
    let next = 0
    for (let run = 0; run < 3; run++) next = (await writeAndKill(folder, next, 'config')) + 1
    const survivor = await join({ cluster: 'killed', storage: folder })
    const config = await survivor.config('written')
    const written = Array.from({ length: 100 }, (_, key) => Number(config.get(`key ${key}`)))
    const acknowledged = Array.from({ length: 100 }, (_, key) => next - 1 - ((next - 1 - key) % 100))
    // The number that was being written may also be stored.
    written.forEach((number, key) => {
      expect(number).toBeGreaterThanOrEqual(acknowledged[key] ?? 0)
    })
    expect(Math.max(...written)).toBeLessThanOrEqual(next)
  })

  it('loses no acknowledged change of a document, and corrupts nothing', async () => {
    folder = mkdtempSync(pathOf(tmpdir(), 'hearsay-killed-'))
    let next = 0
    const last: number[] = []
    for (let run = 0; run < 3; run++) {
      next = (await writeAndKill(folder, next, 'document')) + 1
      last.push(next)
    }
    const survivor = await join({ cluster: 'killed', storage: folder })
    const numbers = (await survivor.room('written')).doc.getArray('numbers').toArray().map(Number)
    expect(new Set(numbers)).toEqual(new Set([...Array(next).keys(), ...numbers]))
    // The number that was being written when a process ended may also be stored; the next process writes it again.
    for (const number of numbers.filter((each, i) => numbers.indexOf(each) !== i))
      expect(last).toContain(number)
    expect(Math.max(...numbers)).toBeLessThanOrEqual(next)
  })
})
