/** The public interface of the package. */
export type { Port } from './channel.ts'
export { connectCluster, type OpenPort } from './connect-cluster.ts'
export { contractVersion } from './contract.ts'
export { type ServedPort, type ServeOptions, serveCluster } from './serve-cluster.ts'
export { type Access, type Allow, checkAllow } from './served/rights.ts'
