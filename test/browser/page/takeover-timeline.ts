/// <reference lib="dom" />
/**
 * Takeover timeline: when each step of a takeover ended in the tab that takes over, seen from outside of the member.
 *
 * It watches the browser's own functions, so nothing in the packages has to report its progress.
 */
import type { Cluster } from '@hearsay/core'

/** The steps, in the order in which they usually end. */
export const takeoverSteps = [
  'leader lock granted',
  'modules loaded',
  'identity locked',
  'database open',
  'dialling begins',
  'WebSocket open',
  'member joined',
  'first peer admitted',
  'other members known',
  'room entered',
  'presence of others in the member',
] as const

type TakeoverStep = (typeof takeoverSteps)[number]

/** When each step ended first, in epoch milliseconds. */
type TakeoverTimes = Partial<Record<TakeoverStep, number>>

const times: TakeoverTimes = {}

/** The first time counts. */
export function endStep(step: TakeoverStep): void {
  times[step] ??= performance.timeOrigin + performance.now()
}

export const takeoverTimes = (): TakeoverTimes => times

/** Forgets the steps of this page's join, and watches from now on. Call it in a tab that is not the leader. */
export function watchTakeover(): void {
  for (const step of takeoverSteps) delete times[step]
  const { locks } = navigator
  const request = locks.request.bind(locks) as (...args: unknown[]) => Promise<unknown>
  Object.assign(locks, {
    request(name: string, ...rest: unknown[]) {
      const granted = rest.pop() as (lock: Lock | null) => unknown
      return request(name, ...rest, (lock: Lock | null) => {
        if (!/^hearsay:(leader|successor|tab):/.test(name)) endStep('identity locked')
        return granted(lock)
      })
    },
  })
  const open = indexedDB.open.bind(indexedDB)
  Object.assign(indexedDB, {
    open(...args: Parameters<IDBFactory['open']>) {
      const opening = open(...args)
      opening.addEventListener('success', () => endStep('database open'))
      return opening
    },
  })
  const { WebSocket } = globalThis
  globalThis.WebSocket = class extends WebSocket {
    constructor(...args: ConstructorParameters<typeof WebSocket>) {
      super(...args)
      endStep('dialling begins')
      this.addEventListener('open', () => endStep('WebSocket open'))
    }
  }
}

/** Follows a member that has joined. */
export function followTakeover(member: Cluster): Cluster {
  endStep('member joined')
  // The store of the health reports changes once a second only.
  const timer = setInterval(() => {
    if (member.health.getSnapshot().connections === 0) return
    endStep('first peer admitted')
    clearInterval(timer)
  }, 2)
  const known = () => {
    if (member.members.getSnapshot().length > 1) endStep('other members known')
  }
  member.members.subscribe(known)
  known()
  const enter = member.room.bind(member)
  const room = async (...args: Parameters<Cluster['room']>) => {
    const room = await enter(...args)
    endStep('room entered')
    const shown = () => {
      if (room.presence.others.getSnapshot().some(({ presence }) => Object.keys(presence).length > 0))
        endStep('presence of others in the member')
    }
    room.presence.others.subscribe(shown)
    shown()
    return room
  }
  Object.defineProperty(member, 'room', { value: room, configurable: true })
  return member
}
