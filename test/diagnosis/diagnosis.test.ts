/**
 * Diagnosis: for each fault that is injected here, the health, `explain` or an error names the cause. The test prints how long
 * that takes, because docs/diagnosis.md promises 10 s.
 */
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { whyNoNetworks } from '../networks/network.ts'
import { joiningFaults } from './joining-faults.ts'
import { memberFaults } from './member-faults.ts'
import { networkFaults } from './network-faults.ts'

const reason = whyNoNetworks()
if (reason !== undefined) console.warn(`LEFT OUT: the faults of the network: ${reason}.`)

const faults = [...joiningFaults, ...memberFaults, ...networkFaults]
const injected = reason === undefined ? faults : [...joiningFaults, ...memberFaults]
const seconds: string[] = []

afterAll(() => console.log(seconds.join('\n')))

describe.concurrent('the cause is named', () => {
  it.for(injected.map(fault => [fault.name, fault] as const))(
    '%s',
    async ([name, { words, inject }], context) => {
      const readTexts = await inject(context)
      const sinceMs = performance.now()
      for (;;) {
        const texts = await readTexts()
        if (texts.some(text => text.includes(words))) break
        context.signal.throwIfAborted()
        await sleep(20)
      }
      seconds.push(`${((performance.now() - sinceMs) / 1_000).toFixed(1).padStart(5)} s  ${name}`)
    },
  )
})

describe('docs/diagnosis.md', () => {
  const page = readFileSync(new URL('../../docs/diagnosis.md', import.meta.url), 'utf8')

  it.each(faults.map(fault => [fault.name, fault] as const))('lists "%s"', (name, { source, words }) => {
    const row = page.split('\n').find(line => line.startsWith(`| ${name} |`)) ?? ''
    expect(row).toContain(`| ${source} |`)
    expect(row).toContain(words)
  })
})
