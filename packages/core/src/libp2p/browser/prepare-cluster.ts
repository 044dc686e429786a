/** prepareCluster for browsers: loads the code of a join, and prepares the rest of it (prepare-member.ts). */
import type { JoinOptions, PreparedMember } from '../join-options.ts'
import { checkedOptions, joinCluster, planOf } from './join-cluster.ts'

/**
 * Prepares a member for a later join, in a page that may have to replace another one: loads the code, also that of rooms and
 * configs, reads the identity in the `storage`, and creates the node. Nothing listens, dials or writes before `join`. Without
 * the name of a `storage`, or with an empty one, only the code is loaded. In Node, nothing is prepared.
 *
 * @throws {InvalidOptionsError} an option is unusable, or the page is not in a secure context
 * @throws {StorageError} the store cannot be opened or read. The store is unchanged.
 */
export async function prepareCluster(given: JoinOptions): Promise<PreparedMember> {
  const options = await checkedOptions(given)
  const [{ prepareMember }] = await Promise.all([
    import('./prepare-member.ts'),
    // Most apps whose pages replace each other have rooms or configs.
    import('../../handles/space-registry.ts'),
  ])
  const prepared = await prepareMember(options, planOf(options))
  return {
    join: async () => (await prepared?.join()) ?? joinCluster(given),
    close: async () => prepared?.close(),
  }
}
