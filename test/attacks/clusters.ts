import { AttackedCluster, credentials } from './attacked-cluster.ts'

/** Clusters: one running cluster at a time, which serves several attacks. */
export class Clusters {
  readonly #members: number
  #running: AttackedCluster | undefined

  constructor(members: number) {
    this.#members = members
  }

  /** The running cluster, or a new one. */
  async current(): Promise<AttackedCluster> {
    if (this.#running) return this.#running
    this.#running = new AttackedCluster(credentials)
    await this.#running.start(this.#members)
    return this.#running
  }

  async discard(): Promise<void> {
    await this.#running?.end()
    this.#running = undefined
  }
}
