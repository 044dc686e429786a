/** prepareCluster for Node, where a member starts fast: it only checks the options. */
import type { PreparedMember } from '../../api/prepared-member.ts'
import { checkJoinOptions, type JoinOptions } from '../join-options.ts'
import { joinCluster } from './join-cluster.ts'

/**
 * Prepares a member for a later join. In browsers it loads code and reads the identity; in Node it prepares nothing.
 *
 * @throws {InvalidOptionsError} an option is unusable
 */
export async function prepareCluster(options: JoinOptions): Promise<PreparedMember> {
  checkJoinOptions(options)
  return { join: () => joinCluster(options), close: async () => {} }
}
