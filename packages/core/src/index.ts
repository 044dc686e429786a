export { joinCluster, prepareCluster } from './libp2p/node/join-cluster.ts'
export { hearsay } from './libp2p/node/platform.ts'
export * from './public.ts'
