import { createSimulation } from '@hearsay/simulator'
import type { ReactNode } from 'react'
import { renderToString } from 'react-dom/server'
import { expect, it, vi } from 'vitest'
import * as main from '../src/index.ts'
import * as suspense from '../src/suspense.ts'

const { cluster } = createSimulation({ seed: 1, members: 3, start: 'warm' }).member('m0')

function Page(): ReactNode {
  return JSON.stringify([
    main.useCluster(),
    main.useSelf(),
    main.useMembers(),
    main.useMember(cluster.self.id) ?? null,
    main.useHealth(),
    main.useConnectionStatus().status,
    main.useRoom(),
    main.usePresence(),
    main.useOthers(),
    main.useOthersMapped(({ id }) => id),
    main.useDocument(),
    main.useConfig('flags'),
    main.useConfigValue('flags', 'color') ?? null,
  ])
}

const Waiting = () => suspense.useSelf().name

it('a server renders the empty view, and joins neither cluster nor room', () => {
  const join = vi.fn(async () => cluster)
  const roomSpy = vi.spyOn(cluster, 'room')
  const opened = vi.spyOn(cluster, 'config')
  for (const given of [cluster, join])
    expect(
      JSON.parse(
        renderToString(
          <main.ClusterProvider cluster={given}>
            <main.RoomProvider name="design" presence={{ note: 'here' }}>
              <Page />
            </main.RoomProvider>
          </main.ClusterProvider>,
        ).replaceAll('&quot;', '"'),
      ),
    ).toEqual([null, null, [], null, null, 'joining', null, {}, [], [], null, null, null])
  expect([join, roomSpy, opened].map(each => each.mock.calls.length)).toEqual([0, 0, 0])
})

it('a server renders no component that would suspend', () => {
  const error = vi.spyOn(console, 'error')
  expect(
    renderToString(
      <suspense.ClusterProvider cluster={cluster}>
        <Waiting />
      </suspense.ClusterProvider>,
    ),
  ).toBe('')
  expect(error).not.toHaveBeenCalled()
})
