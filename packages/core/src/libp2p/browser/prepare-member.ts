/**
 * Prepare member: everything of a join that needs neither the lock of the identity nor the network.
 *
 * The page uses the identity only after `join` has locked it. So two running members never have one identity, and the
 * incarnation is read and raised after that.
 */
import type { Cluster } from '../../api/cluster.ts'
import { openUnlocked } from '../../storage/browser/unlocked-storage.ts'
import { buildNode, identityOf, type NodePlan, startNode } from '../create-node.ts'
import type { NamedJoinOptions } from '../join-options.ts'

interface PreparedParts {
  /** @returns undefined: the store has changed, or another page uses the identity. What was prepared is closed. */
  join(): Promise<Cluster | undefined>
  /** Does nothing after `join`. */
  close(): Promise<void>
}

/** @returns undefined: the store has no name, or no identity yet. @throws {StorageError} */
export async function prepareMember(
  options: NamedJoinOptions,
  plan: Omit<NodePlan, 'storage'>,
): Promise<PreparedParts | undefined> {
  if (typeof options.storage !== 'string') return undefined
  const unlocked = await openUnlocked(options.storage)
  if (!unlocked) return undefined
  try {
    const withStore = { ...plan, storage: unlocked }
    const privateKey = await identityOf(options, withStore)
    const node = await buildNode(options, withStore, privateKey)
    // Sign once now: the first signature takes longer, because it computes tables of the curve.
    plan.platform.keys(privateKey).sign(new Uint8Array(1))
    let hasJoined = false
    return {
      async join() {
        hasJoined = true
        const storage = await unlocked.lock()
        if (!storage) return undefined
        try {
          return await startNode(node, { ...plan, storage })
        } catch (error) {
          await storage.close()
          throw error
        }
      },
      async close() {
        if (!hasJoined) await unlocked.close()
      },
    }
  } catch (error) {
    await unlocked.close()
    throw error
  }
}
