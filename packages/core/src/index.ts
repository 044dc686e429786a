export { hearsay } from './libp2p/node/hearsay.ts'
export { joinCluster } from './libp2p/node/join-cluster.ts'
export * from './public.ts'
