/** What apps in browsers import, under the same name as those in Node. */
export { hearsay } from './libp2p/browser/hearsay.ts'
export { joinCluster } from './libp2p/browser/join-cluster.ts'
export * from './public.ts'
