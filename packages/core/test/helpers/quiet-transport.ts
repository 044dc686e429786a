import type { Transport } from '../../src/runtime/ports.ts'

/** A transport without peers, on which nothing happens. A test replaces what it observes. */
export const quietTransport: Transport = {
  send() {},
  publish() {},
  subscribe() {},
  unsubscribe() {},
  subscribers: () => [],
  dial() {},
  checkConnection() {},
  dialBootstrap() {},
  disconnect() {},
  refuse() {},
  setAddresses() {},
  reviewConnections() {},
  networkChanged() {},
  withoutPubsub: () => [],
}
