/** Demo store: what the demo that serves this page says of its processes. It is a server's word, and the only one here. */
import { useSyncExternalStore } from 'react'
import { type DemoState, type ProcessCommand, paths } from '../contract.ts'

export interface Demo {
  /** Undefined until it was heard of. */
  readonly state: DemoState | undefined
  /** It is there to be asked. Without it the members go on. */
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

/** Calls back with each new state, and the one before. @returns the end of it */
export function onDemoChange(changed: (now: DemoState, before: DemoState) => void): () => void {
  let before = demo.state
  return subscribe(() => {
    const { state } = demo
    if (state && before && state !== before) changed(state, before)
    before = state
  })
}

/** @returns why it was not done, or undefined if it was */
export async function sendCommand(name: string, order: ProcessCommand): Promise<string | undefined> {
  try {
    const { ok } = await fetch(paths.command(name, order), { method: 'POST' })
    return ok ? undefined : `${name} cannot do that now.`
  } catch {
    return 'The demo has ended.'
  }
}
