/** Stage: components in a document, over simulated members whose time passes while React listens. */
import type { Simulation } from '@hearsay/simulator'
import { act, cleanup, render } from '@testing-library/react'
import { Component, type ReactElement, type ReactNode } from 'react'
import { afterEach, beforeEach, vi } from 'vitest'
import { ClusterProvider, type ClusterSource } from '../src/index.ts'
import { releaseDelayMs } from '../src/ref-counted-resources.ts'

vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
afterEach(cleanup)

export interface Watched<T> {
  /** What the hook gave, at each render. */
  readonly seen: T[]
  /** Renders nothing. */
  readonly here: () => ReactElement
}

/** A component that calls a hook. */
export function watch<T>(useValue: () => T): Watched<T> {
  const seen: T[] = []
  return { seen, here: () => <Watcher useValue={useValue} seen={seen} /> }
}

function Watcher<T>({ useValue, seen }: { useValue: () => T; seen: T[] }): null {
  seen.push(useValue())
  return null
}

/** Shows what was thrown in it. */
export class Boundary extends Component<{ children: ReactNode }> {
  override readonly state: { error?: Error } = {}
  static getDerivedStateFromError = (error: Error) => ({ error })
  override render(): ReactNode {
    return this.state.error ? `failed: ${this.state.error.message}` : this.props.children
  }
}

export interface Shown {
  readonly container: HTMLElement
  rerender(children: ReactNode): void
}

/** Shows what is rendered in a cluster. */
export function show(cluster: ClusterSource, children: ReactNode): Shown {
  const wrapped = (inside: ReactNode) => <ClusterProvider cluster={cluster}>{inside}</ClusterProvider>
  const { container, rerender } = render(wrapped(children))
  return { container, rerender: inside => rerender(wrapped(inside)) }
}

/** Lets virtual time pass, and React render after each of the slices. */
export async function pass(simulation: Simulation, ms: number, sliceMs: number = ms): Promise<void> {
  for (let passedMs = 0; passedMs < ms; passedMs += sliceMs) await act(() => simulation.run(sliceMs))
}

/** Lets promises go on, until it is so; a test's timeout ends the wait. */
export async function settle(isSo: () => boolean = () => true): Promise<void> {
  do await act(() => new Promise<void>(resolve => setImmediate(resolve)))
  while (!isSo())
}

/** Until what nobody holds any more is given back. Needs fake timers. */
export async function linger(): Promise<void> {
  await settle()
  await act(async () => vi.advanceTimersByTime(releaseDelayMs))
}

/** Only what lingers waits for such timers. */
export function fakeTimers(): void {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })
}
