// @vitest-environment happy-dom
import { createSimulation } from '@hearsay/simulator'
import { act } from '@testing-library/react'
import type { ReactNode } from 'react'
import * as v from 'valibot'
import { describe, expect, it, vi } from 'vitest'
import { defineConfig, useConfig, useConfigValue, useConnectionStatus } from '../src/index.ts'
import { Boundary, fakeTimers, linger, pass, settle, show, watch } from './rendered-cluster.tsx'

const schema = { color: v.picklist(['red', 'blue']), retries: v.pipe(v.number(), v.minValue(0)) }
const flags = defineConfig('flags', { schema })
const otherFlags = defineConfig('flags', { schema: { color: v.string() } })

fakeTimers()

const settled = () => createSimulation({ seed: 1, members: 2, start: 'warm' })

describe('useConfigValue', () => {
  it('renders when its own key changes, and not when another key changes', async () => {
    const simulation = settled()
    const theirs = await simulation.member('m1').cluster.config('flags', { schema })
    const color = watch(() => useConfigValue(flags, 'color'))
    const keys = watch(() =>
      useConfigValue(
        flags,
        entries => Object.keys(entries).sort(),
        (a, b) => a.join() === b.join(),
      ),
    )
    const config = watch(() => useConfig(flags))
    show(
      simulation.member('m0').cluster,
      <>
        {color.here()}
        {keys.here()}
        {config.here()}
      </>,
    )
    await settle(() => config.seen.at(-1) !== null)
    for (const [key, value] of [
      ['color', 'red'],
      ['retries', 1],
      ['retries', 2],
      ['color', 'blue'],
    ] as const) {
      await theirs.set(key, value as never)
      await pass(simulation, 3_000)
    }
    expect(color.seen.filter((each, i, all) => i === 0 || each !== all[i - 1])).toEqual([
      undefined,
      'red',
      'blue',
    ])
    expect(keys.seen.slice(-2)).toEqual([['color'], ['color', 'retries']])
    const renders = [color, keys, config].map(({ seen }) => seen.length)
    // One more render for each, when the config opened.
    expect(renders).toEqual([4, 4, 2])

    await act(async () => config.seen.at(-1)?.set('retries', 3))
    await pass(simulation, 3_000)
    expect(theirs.get('retries')).toBe(3)
    expect([color, keys, config].map(({ seen }) => seen.length)).toEqual(renders)
  })
})

describe('useConfig', () => {
  it('opens one config for all components, and leaves it 1 s after the last of them unmounts', async () => {
    const { cluster } = settled().member('m0')
    const opened = vi.spyOn(cluster, 'config')
    const configs = watch(() => useConfig('flags'))
    const { rerender } = show(
      cluster,
      <>
        {configs.here()}
        {configs.here()}
      </>,
    )
    await settle(() => configs.seen.at(-1) !== null)
    expect(opened).toHaveBeenCalledTimes(1)
    const config = configs.seen.at(-1)
    await config?.set('any', ['JSON'])
    rerender(configs.here())
    await linger()
    await config?.set('still', 'open')
    rerender(null)
    await linger()
    await expect(config?.set('no', 'more')).rejects.toThrow('was left')
  })

  it('switches to a new definition when all components switch, as after a hot reload', async () => {
    const { cluster } = settled().member('m0')
    let definition: typeof flags | typeof otherFlags = flags
    const config = watch(() => useConfig(definition as typeof flags))
    const both = () => (
      <>
        {config.here()}
        {config.here()}
      </>
    )
    const { rerender } = show(cluster, both())
    await settle(() => config.seen.at(-1) !== null)
    const before = config.seen.at(-1)
    definition = otherFlags
    rerender(both())
    await settle(() => config.seen.at(-1) !== null && config.seen.at(-1) !== before)
    await linger()
    await config.seen.at(-1)?.set('color', 'blue')
    await expect(before?.set('color', 'red')).rejects.toThrow('was left')
  })

  it('throws to the error boundary if two definitions of one name are in use', async () => {
    const one = watch(() => useConfig(flags))
    const another = watch(() => useConfig(otherFlags))
    await expectFailure(
      <>
        {one.here()}
        {another.here()}
      </>,
      "'flags' is in use with other options: define it once, outside of components",
    )
  })

  it('is null while the cluster cannot be joined, which the connection status reports', async () => {
    const config = watch(() => useConfig(flags))
    const color = watch(() => useConfigValue(flags, 'color'))
    const status = watch(() => useConnectionStatus().error?.message)
    const { container } = show(
      Promise.reject(new Error('no way in')),
      <Boundary>
        {config.here()}
        {color.here()}
        {status.here()}shown
      </Boundary>,
    )
    await settle(() => status.seen.at(-1) === 'no way in')
    await linger()
    expect(container.textContent).toBe('shown')
    expect([config.seen.at(-1), color.seen.at(-1)]).toEqual([null, undefined])
  })

  it('throws to the error boundary if the config cannot be opened', async () => {
    const config = watch(() => useConfig(''))
    await expectFailure(config.here(), 'config: give a name of 1 to 128 bytes')
  })
})

async function expectFailure(children: ReactNode, message: string): Promise<void> {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  const { cluster } = settled().member('m0')
  const { container } = show(cluster, <Boundary>{children}</Boundary>)
  await settle(() => container.textContent !== '')
  expect(container.textContent).toBe(`failed: ${message}`)
}

describe('an invalid definition', () => {
  it.each<[what: string, definition: unknown, says: RegExp]>([
    ['no options', defineConfig('flags', null as never), /^failed: config: give an object of options/],
    [
      'options of a wrong type',
      defineConfig('flags', 5 as never),
      /^failed: config: give an object of options/,
    ],
    ['a misspelt option', defineConfig('flags', { shema: {} } as never), /did you mean 'schema'\?/],
    ['no name', defineConfig(5 as never, {}), /^failed: config: give a name/],
  ])('is reported to the error boundary: %s', async (_, definition, says) => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const config = watch(() => useConfig(definition as typeof flags))
    const { container } = show(settled().member('m0').cluster, <Boundary>{config.here()}</Boundary>)
    await settle(() => container.textContent?.startsWith('failed') === true)
    expect(container.textContent).toMatch(says)
    vi.restoreAllMocks()
  })
})
