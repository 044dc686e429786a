/** The package's entry in browsers. */

export { joinCluster } from './libp2p/browser/join-cluster.ts'
export { hearsay } from './libp2p/browser/platform.ts'
export { prepareCluster } from './libp2p/browser/prepare-cluster.ts'
export * from './public.ts'
