/** Counting register: adds up gossipsub's metrics. It counts bytes of messages and bytes of control RPCs separately. */
import type { MetricsRegister } from '@libp2p/gossipsub/metrics'
import type { GossipTally } from './gossip-subject.ts'

const counters: Readonly<Record<string, keyof GossipTally>> = {
  gossipsub_rpc_sent_message_total: 'messages',
  gossipsub_rpc_sent_graft_total: 'grafts',
  gossipsub_rpc_sent_prune_total: 'prunes',
  gossipsub_rpc_sent_ihave_total: 'ihaves',
  gossipsub_rpc_sent_iwant_total: 'iwants',
  gossipsub_rpc_sent_idontwant_total: 'idontwants',
  gossipsub_ihave_rcv_msgids_total: 'ihaveIds',
  gossipsub_iwant_rcv_msgids_total: 'iwantIds',
}

export function countingRegister(tally: GossipTally): MetricsRegister {
  let rpcBytes = 0
  const count = (name: string, amount: number): void => {
    // gossipsub reports the bytes of an RPC first, and immediately afterwards the number of messages in this RPC.
    if (name === 'gossipsub_rpc_sent_bytes_total') rpcBytes = amount
    if (name === 'gossipsub_rpc_sent_message_total')
      tally[amount > 0 ? 'messageBytes' : 'controlBytes'] += rpcBytes
    const counter = counters[name]
    if (counter) tally[counter] += amount
  }
  return {
    gauge: ({ name }) => ({
      // gossipsub passes labels, an amount, or both. Without an amount the gauge rises by 1.
      inc: (...labelsAndAmount: readonly unknown[]) => {
        const amount = labelsAndAmount.findLast(each => typeof each === 'number')
        count(name, typeof amount === 'number' ? amount : 1)
      },
      set: () => {},
      collect: () => {},
      addCollect: () => {},
    }),
    histogram: () => ({ startTimer: () => () => 0, observe: () => {}, reset: () => {} }),
    avgMinMax: () => ({ set: () => {} }),
  }
}
