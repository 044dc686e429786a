/** The package's entry in browsers. */

export { joinCluster } from './libp2p/browser/join-cluster.ts'
export { hearsay } from './libp2p/browser/platform.ts'
export * from './public.ts'
