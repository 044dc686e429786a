export { joinCluster } from './libp2p/node/join-cluster.ts'
export { hearsay } from './libp2p/node/platform.ts'
export { prepareCluster } from './libp2p/node/prepare-cluster.ts'
export * from './public.ts'
