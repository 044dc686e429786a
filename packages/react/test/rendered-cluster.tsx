/** Renders components over a simulated cluster; virtual time passes inside act(). */
import type { Simulation } from '@hearsay/simulator'
import { act, cleanup, render } from '@testing-library/react'
import { Component, type ReactElement, type ReactNode } from 'react'
import { afterEach, beforeEach, vi } from 'vitest'
import { ClusterProvider, type ClusterSource } from '../src/index.ts'
import { releaseDelayMs } from '../src/ref-counted-resources.ts'

vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
afterEach(cleanup)

export interface Watched<T> {
  /** What the hook returned, at each render. */
  readonly seen: T[]
  /** The component; it renders nothing. */
  readonly here: () => ReactElement
}

/** Creates a component that calls a hook. */
export function watch<T>(useValue: () => T): Watched<T> {
  const seen: T[] = []
  return { seen, here: () => <Watcher useValue={useValue} seen={seen} /> }
}

function Watcher<T>({ useValue, seen }: { useValue: () => T; seen: T[] }): null {
  seen.push(useValue())
  return null
}

/** An error boundary that renders the error's message. */
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

/** Renders children inside a ClusterProvider. */
export function show(cluster: ClusterSource, children: ReactNode): Shown {
  const wrapped = (inside: ReactNode) => <ClusterProvider cluster={cluster}>{inside}</ClusterProvider>
  const { container, rerender } = render(wrapped(children))
  return { container, rerender: inside => rerender(wrapped(inside)) }
}

/** Advances virtual time in slices; React renders after each slice. */
export async function pass(simulation: Simulation, ms: number, sliceMs: number = ms): Promise<void> {
  for (let passedMs = 0; passedMs < ms; passedMs += sliceMs) await act(() => simulation.run(sliceMs))
}

/** Lets promises settle until the condition holds; the test's timeout ends the wait. */
export async function settle(isSo: () => boolean = () => true): Promise<void> {
  do await act(() => new Promise<void>(resolve => setImmediate(resolve)))
  while (!isSo())
}

/** Advances time until unused resources are released. Needs fake timers. */
export async function linger(): Promise<void> {
  await settle()
  await act(async () => vi.advanceTimersByTime(releaseDelayMs))
}

/** Fakes only the timers that the delayed release uses. */
export function fakeTimers(): void {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })
}
