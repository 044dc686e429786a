import { MessageChannel } from 'node:worker_threads'
import type { Cluster } from '@hearsay/core'
import { createSimulation, type Simulation } from '@hearsay/simulator'
import { type Allow, connectCluster, type Port, type ServedPort, serveCluster } from '../src/index.ts'

/** More than the member's side waits between two messages to a view. */
const messageIntervalMs = 20

export interface MovingView {
  readonly cluster: Cluster
  detach(): Promise<void>
  attach(member: Cluster): Promise<void>
}

/** Three simulated members; views of the first one over real ports. */
export class ViewBench {
  readonly simulation: Simulation = createSimulation({ seed: 1, members: 3, start: 'warm' })
  readonly #views = new Set<Cluster>()
  readonly #ports: { close(): void }[] = []

  get member(): Cluster {
    return this.simulation.member('m0').cluster
  }

  other(name = 'm1'): Cluster {
    return this.simulation.member(name).cluster
  }

  async view(
    allow?: Allow,
    member: Cluster = this.member,
  ): Promise<{ cluster: Cluster; served: ServedPort }> {
    const { port1, port2 } = new MessageChannel()
    this.#ports.push(port1)
    const served = serveCluster(member, port1, { ...(allow && { allow }) })
    const cluster = await connectCluster(port2)
    this.#views.add(cluster)
    return { cluster, served }
  }

  /** A view that continues over another port when its port has closed. */
  async movingView(member: Cluster = this.member): Promise<MovingView> {
    let next: (port: Port) => void = () => {}
    let served: ServedPort | undefined
    let port: EventTarget | undefined
    const serve = (by: Cluster) => {
      const { port1, port2 } = new MessageChannel()
      this.#ports.push(port1)
      served = serveCluster(by, port1, { view: 'moving', allow: { invitations: true } })
      port = port2 as unknown as EventTarget
      return port2
    }
    const ports = [serve(member)]
    const cluster = await connectCluster(
      async () => ports.shift() ?? new Promise<Port>(resolve => (next = resolve)),
    )
    this.#views.add(cluster)
    return {
      cluster,
      detach: async () => {
        this.#views.delete(cluster)
        // The member's side continues for a moment, as when only the connection is lost.
        const gone = served
        port?.dispatchEvent(new Event('close'))
        await new Promise(resolve => setTimeout(resolve, 5))
        gone?.close()
      },
      attach: async by => {
        next(serve(by))
        this.#views.add(cluster)
        await this.crossed()
      },
    }
  }

  /**
   * Waits until everything that was sent so far has crossed the ports, and what it caused. A port keeps the order, and the
   * timer ends after that of a message that waits for its turn.
   */
  async crossed(): Promise<void> {
    await this.#roundTrips()
    await new Promise(resolve => setTimeout(resolve, messageIntervalMs))
    await this.#roundTrips()
  }

  async #roundTrips(): Promise<void> {
    for (let trip = 0; trip < 3; trip++)
      await Promise.all([...this.#views].map(view => view.explain('').catch(() => this.#views.delete(view))))
  }

  async run(ms: number): Promise<void> {
    await this.crossed()
    await this.simulation.run(ms)
    await this.crossed()
  }

  /** The value of a promise that needs virtual time and messages over ports. */
  async settled<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false
    void promise.finally(() => (isSettled = true)).catch(() => {})
    while (!isSettled) await this.run(20)
    return promise
  }

  close(): void {
    for (const port of this.#ports) port.close()
  }
}
