// @vitest-environment happy-dom
/** Two apps as users write them, over real sockets. */
import { joinCluster } from '@hearsay/core'
import { render } from '@testing-library/react'
import { StrictMode, Suspense } from 'react'
import { expect, it, vi } from 'vitest'
import {
  ClusterProvider,
  createRoomHooks,
  useConfig,
  useConfigValue,
  useMembers,
} from '../../src/suspense.ts'
import { settle } from '../rendered-cluster.tsx'

// Socket events arrive outside of act().
vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', false)

const { RoomProvider, useOthers } = createRoomHooks<{ name: string }>()

const join = (name: string, bootstrap: readonly string[] = []) =>
  joinCluster({ cluster: 'cursors', name, bootstrap, listen: ['/ip4/127.0.0.1/tcp/0'], mdns: false })

const Screen = () => {
  const count = useMembers(members => members.filter(({ status }) => status === 'alive').length)
  const others = useOthers(all => all.map(({ presence }) => presence.name).join())
  const config = useConfig('theme')
  const color = useConfigValue('theme', 'color')
  return (
    <button type="button" onClick={() => void config.set('color', 'red')}>
      {`${count} here, with ${others}, in ${color}`}
    </button>
  )
}

it('shows the members, their presence, and the shared config', async () => {
  const ada = await join('ada')
  const app = (cluster: Parameters<typeof ClusterProvider>[0]['cluster'], name: string) => (
    <StrictMode>
      <Suspense fallback="joining">
        <ClusterProvider cluster={cluster}>
          <RoomProvider name="design" presence={{ name }}>
            <Screen />
          </RoomProvider>
        </ClusterProvider>
      </Suspense>
    </StrictMode>
  )
  const one = render(app(ada, 'ada'))
  const another = render(app(() => join('bob', ada.self.addresses), 'bob'))
  expect(another.container.textContent).toBe('joining')
  await settle(() => one.container.textContent === '2 here, with bob, in undefined')
  await settle(() => another.container.textContent === '2 here, with ada, in undefined')
  another.container.querySelector('button')?.click()
  await settle(() => one.container.textContent === '2 here, with bob, in red')
  another.unmount()
  await settle(() => one.container.textContent === '1 here, with , in red')
  one.unmount()
  await ada.leave()
})
