/// <reference lib="dom" />
/** A page that renders the result of each hook. Its address names the entry point and the cluster. */
import { joinCluster } from '@hearsay/core'
import * as plain from '@hearsay/react'
import * as suspense from '@hearsay/react/suspense'
import { type ReactNode, StrictMode, Suspense, useEffect, useRef, useState } from 'react'
import { createRoot } from 'react-dom/client'

const query = new URLSearchParams(location.search)
const hooks = (query.has('suspense') ? suspense : plain) as typeof plain
const options = {
  cluster: query.get('cluster') ?? '',
  name: query.get('name') ?? '',
  bootstrap: query.getAll('bootstrap'),
  iceServers: [],
}

/** Test id → how often the component has rendered. */
const shown: Record<string, number> = {}
/** Resolves when `count` more heartbeats of other members have arrived. */
let heartbeats: (count: number) => Promise<void> = async () => {}
Object.assign(window, { shown, heartbeats: (count: number) => heartbeats(count) })

function Shown({ id, children }: { id: string; children: ReactNode }): ReactNode {
  useEffect(() => {
    shown[id] = (shown[id] ?? 0) + 1
  })
  return <p data-testid={id}>{children}</p>
}

function Members(): ReactNode {
  const statuses = hooks.useMembers(
    all => Object.fromEntries(all.map(({ name, status }) => [name, status])),
    (a, b) => JSON.stringify(a) === JSON.stringify(b),
  )
  return <Shown id="members">{JSON.stringify(statuses, Object.keys(statuses).sort())}</Shown>
}

const Count = (): ReactNode => <Shown id="count">{hooks.useMembers(all => all.length)}</Shown>

const Self = (): ReactNode => <Shown id="self">{hooks.useSelf(({ name }) => name)}</Shown>

/** The name and status of each member, read one by one. */
function Each(): ReactNode {
  const ids = hooks.useMembers(all => all.map(({ id }) => id).join(' '))
  return ids
    .split(' ')
    .filter(id => id)
    .map(id => <One key={id} id={id} />)
}

function One({ id }: { id: string }): ReactNode {
  const member = hooks.useMember(id, ({ name, status }) => `${name} is ${status}`)
  return <p data-testid="one">{member}</p>
}

const Health = (): ReactNode => <Shown id="visible">{hooks.useHealth(({ visible }) => visible)}</Shown>

const Status = (): ReactNode => <Shown id="status">{hooks.useConnectionStatus().status}</Shown>

function Cluster(): ReactNode {
  const cluster = hooks.useCluster()
  heartbeats = count =>
    new Promise(resolve => {
      if (!cluster) return
      const received = () =>
        [...cluster.heartbeats.getSnapshot().values()].reduce((sum, { sequence }) => sum + sequence, 0)
      const until = received() + count
      const stop = cluster.heartbeats.subscribe(() => {
        if (received() < until) return
        stop()
        resolve()
      })
    })
  return <Shown id="cluster">{cluster?.name}</Shown>
}

function Room(): ReactNode {
  const room = hooks.useRoom()
  return <Shown id="room">{room?.name}</Shown>
}

const Own = (): ReactNode => <Shown id="own">{JSON.stringify(hooks.usePresence())}</Shown>

const Others = (): ReactNode => (
  <Shown id="others">
    {hooks.useOthers(others =>
      others
        .map(({ presence }) => `${presence['name']} at ${presence['place']}`)
        .sort()
        .join(),
    )}
  </Shown>
)

const Mapped = (): ReactNode => (
  <Shown id="mapped">
    {hooks
      .useOthersMapped(({ presence }) => presence['place'])
      .map(([, at]) => at)
      .join()}
  </Shown>
)

function Acts(): ReactNode {
  const show = hooks.useUpdatePresence()
  const broadcast = hooks.useBroadcast()
  const document = hooks.useDocument()
  const config = hooks.useConfig('flags')
  return (
    <Shown id="acts">
      <button type="button" onClick={() => show({ place: 7 })}>
        Move
      </button>
      <button type="button" onClick={() => broadcast('hello')}>
        Wave
      </button>
      <button type="button" onClick={() => document?.doc.getText('text').insert(0, 'written')}>
        Write
      </button>
      <button type="button" onClick={() => config?.set('color', 'red')}>
        Set
      </button>
    </Shown>
  )
}

function LatestEvent(): ReactNode {
  const [event, setEvent] = useState('')
  hooks.useEvent(({ value }) => setEvent(String(value)))
  return <Shown id="event">{event}</Shown>
}

function Text(): ReactNode {
  const document = hooks.useDocument()
  const element = useRef<HTMLParagraphElement>(null)
  useEffect(() => {
    const text = document?.doc.getText('text')
    const write = () => element.current?.replaceChildren(text?.toString() ?? '')
    text?.observe(write)
    write()
    return () => text?.unobserve(write)
  }, [document])
  return <p data-testid="text" ref={element} />
}

const Color = (): ReactNode => (
  <Shown id="color">{String(hooks.useConfigValue('flags', 'color') ?? '')}</Shown>
)

function App(): ReactNode {
  const [isIn, enter] = useState(true)
  return (
    <>
      <Status />
      <Suspense fallback={<p>waiting</p>}>
        <Cluster />
        <Self />
        <Members />
        <Count />
        <Each />
        <Health />
        <button type="button" onClick={() => enter(!isIn)}>
          {isIn ? 'Leave' : 'Enter'}
        </button>
        {isIn && (
          <hooks.RoomProvider name="design" presence={{ name: options.name, place: 0 }}>
            <Room />
            <Own />
            <Others />
            <Mapped />
            <Acts />
            <LatestEvent />
            <Text />
            <Color />
          </hooks.RoomProvider>
        )}
      </Suspense>
    </>
  )
}

function Page(): ReactNode {
  const [isHere, setHere] = useState(true)
  return (
    <>
      <Shown id="page">
        <button type="button" onClick={() => setHere(false)}>
          End
        </button>
      </Shown>
      {isHere && (
        <hooks.ClusterProvider cluster={() => joinCluster(options)}>
          <App />
        </hooks.ClusterProvider>
      )}
    </>
  )
}

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <Page />
  </StrictMode>,
)
