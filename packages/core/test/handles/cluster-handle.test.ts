import { MemoryDatastore } from 'datastore-core'
import { expect, it } from 'vitest'
import { mulberry32 } from '../../../../test/helpers/mulberry32.ts'
import { idOf } from '../../../../test/helpers/signed-facts.ts'
import { signatureOf } from '../../../simulator/src/simulated-signature.ts'
import { InvalidOptionsError, NotRunningError } from '../../src/api/errors.ts'
import type { Health } from '../../src/api/health.ts'
import { ClusterHandle } from '../../src/handles/cluster-handle.ts'
import type { HostHealth } from '../../src/handles/health-store.ts'
import { createEngine, type Engine } from '../../src/runtime/engine.ts'
import { datastoreKeyValues } from '../../src/storage/datastore-key-values.ts'
import type { KeyValues } from '../../src/storage/key-values.ts'
import { WriteQueue } from '../../src/storage/write-queue.ts'
import { ManualClock } from '../helpers/manual-clock.ts'

const self = idOf('self')

/** A handle of a member that is alone, on a host whose figures the test sets. */
class HandleBench extends ClusterHandle {
  readonly time: ManualClock
  figures: Partial<HostHealth> = {}
  calls = 0
  isStoreFull = false
  readonly #keyValues: KeyValues = datastoreKeyValues(new MemoryDatastore())

  constructor() {
    const time = new ManualClock()
    super('atlas', time)
    this.time = time
    this.health.subscribe(() => {
      this.calls += 1
    })
  }

  protected override hostHealth(): Partial<HostHealth> {
    return this.figures
  }

  get shown(): Health {
    return this.health.getSnapshot()
  }

  readonly writes: WriteQueue = (() => {
    throw new Error('replaced below')
  })()

  start(): Engine {
    throw new Error('replaced below')
  }
}
