/** `hearsay found`: the file with the key of the authority. */
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readAuthority } from '../src/member/authority-file.ts'
import { HearsayProcess } from './hearsay-process.ts'
import { temporaryFolder } from './temporary-folder.ts'

async function found(...args: string[]) {
  const process = new HearsayProcess('found', ...args)
  return { exitCode: await process.ended, stdout: process.stdout, stderr: process.stderr }
}

describe('hearsay found', () => {
  it('writes a new key that only its user can read, and prints all but the key', async () => {
    const file = join(temporaryFolder(), 'atlas.authority')
    const { exitCode, stdout, stderr } = await found('atlas', '--out', file)
    expect([exitCode, stderr]).toEqual([0, []])
    const { id, key } = JSON.parse(readFileSync(file, 'utf8'))
    expect(stdout[0]).toBe(`authority ${id}`)
    expect(stdout.join('\n')).toContain(`hearsay join --authority-file ${file}`)
    expect(stdout.join('\n')).not.toContain(key)
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600)
    const read = await readAuthority(file)
    expect(read).toEqual({ cluster: 'atlas', key: expect.any(Uint8Array) })
    expect(read.key).toHaveLength(32)
  })

  it('prints JSON', async () => {
    const file = join(temporaryFolder(), 'key')
    const { stdout } = await found('atlas', '--out', file, '--json')
    expect(stdout.map(line => JSON.parse(line))).toEqual([
      {
        event: 'founded',
        cluster: 'atlas',
        id: expect.stringMatching(/^12D3KooW\w{44}$/),
        file,
        at: expect.any(Number),
      },
    ])
  })

  it('overwrites nothing', async () => {
    const file = join(temporaryFolder(), 'key')
    writeFileSync(file, 'mine')
    const { exitCode, stderr } = await found('atlas', '--out', file)
    expect(exitCode).toBe(2)
    expect(stderr).toEqual([`hearsay: ${file} exists and is not overwritten. Choose another file with --out`])
    expect(readFileSync(file, 'utf8')).toBe('mine')
  })

  it('asks for a file if the name of the cluster is no file name', async () => {
    const { exitCode, stderr } = await found('../atlas')
    expect(exitCode).toBe(2)
    expect(stderr).toEqual([expect.stringMatching(/'\.\.\/atlas' cannot be the name of a file\. .*--out$/)])
  })
})

describe('the file of an authority', () => {
  it.each(['', 'hearsay1.abc', '{}', 'null', '{"hearsay":"authority","cluster":"atlas","key":"AAAA"}'])(
    'is refused if hearsay found did not write it: %j',
    async content => {
      const file = join(temporaryFolder(), 'key')
      writeFileSync(file, `${content}\n`)
      await expect(readAuthority(file)).rejects.toThrow(/ file that 'hearsay found' has written$/)
    },
  )
})
