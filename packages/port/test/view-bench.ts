import { MessageChannel } from 'node:worker_threads'
import type { Cluster } from '@hearsay/core'
import { createSimulation, type Simulation } from '@hearsay/simulator'
import { type Allow, connectCluster, type ServedPort, serveCluster } from '../src/index.ts'

/** Lets messages cross the ports. */
const crossed = (): Promise<void> => new Promise<void>(resolve => void setTimeout(resolve, 20))

/** Three simulated members; views of the first one over real ports. */
export class ViewBench {
  readonly simulation: Simulation = createSimulation({ seed: 1, members: 3, start: 'warm' })
  readonly #ports: { close(): void }[] = []

  get member(): Cluster {
    return this.simulation.member('m0').cluster
  }

  other(name = 'm1'): Cluster {
    return this.simulation.member(name).cluster
  }

  async view(allow?: Allow): Promise<{ cluster: Cluster; served: ServedPort }> {
    const { port1, port2 } = new MessageChannel()
    this.#ports.push(port1)
    const served = serveCluster(this.member, port1, { ...(allow && { allow }) })
    return { cluster: await connectCluster(port2), served }
  }

  /** Lets messages cross the ports. */
  crossed(): Promise<void> {
    return crossed()
  }

  async run(ms: number): Promise<void> {
    await crossed()
    await this.simulation.run(ms)
    await crossed()
  }

  close(): void {
    for (const port of this.#ports) port.close()
  }
}
