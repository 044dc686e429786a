/** Demo store: the processes' state, as the demo's server reports it. Only this state comes from a server. */
import { useSyncExternalStore } from 'react'
import { type DemoState, type ProcessCommand, paths } from '../contract.ts'

export interface Demo {
  /** Undefined until the server has sent a state. */
  readonly state: DemoState | undefined
  /** Whether the server answers. Without the server, the members stay connected to each other. */
  readonly isServed: boolean
}

const listeners = new Set<() => void>()
let demo: Demo = { state: undefined, isServed: true }
let source: EventSource | undefined

function update(change: Partial<Demo>): void {
  demo = { ...demo, ...change }
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  if (!source) {
    source = new EventSource(paths.state)
    source.onmessage = ({ data }) => update({ state: JSON.parse(data), isServed: true })
    source.onerror = () => update({ isServed: false })
  }
  return () => listeners.delete(listener)
}

export const useDemo = (): Demo => useSyncExternalStore(subscribe, () => demo)

/** Calls `changed` with each new state and the state before it. @returns a function that removes the listener */
export function onDemoChange(changed: (now: DemoState, before: DemoState) => void): () => void {
  let before = demo.state
  return subscribe(() => {
    const { state } = demo
    if (state && before && state !== before) changed(state, before)
    before = state
  })
}

/** @returns the reason if the command was rejected, undefined if it was done */
export async function sendCommand(name: string, order: ProcessCommand): Promise<string | undefined> {
  try {
    const headers = { 'Content-Type': 'application/json' }
    const { ok } = await fetch(paths.command(name, order), { method: 'POST', headers })
    return ok ? undefined : `${name} cannot do that now.`
  } catch {
    return 'The demo has ended.'
  }
}
