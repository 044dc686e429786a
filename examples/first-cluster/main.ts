/// <reference types="node" />
import { joinCluster } from '@hearsay/core'

const [name = 'ada', ...bootstrap] = process.argv.slice(2)
const { HEARSAY_SECRET: secret } = process.env
if (secret === undefined) throw new Error('Set HEARSAY_SECRET to the secret of the cluster')

const cluster = await joinCluster({ cluster: 'atlas', secret, name, bootstrap })
console.log(`${name} listens on ${cluster.self.addresses[0]}`)

for (const type of ['join', 'suspect', 'recover', 'fail', 'leave'] as const)
  cluster.events.addEventListener(type, ({ detail: member }) => console.log(type, member.name))

process.once('SIGINT', () => cluster.leave())
