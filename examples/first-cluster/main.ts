/// <reference types="node" />
import { joinCluster } from '@hearsay/core'

const [name = 'ada', ...bootstrap] = process.argv.slice(2)
const cluster = await joinCluster({ cluster: 'atlas', name, bootstrap })
console.log(`${name} listens on ${cluster.self.addresses[0]}`)

for (const type of ['join', 'suspect', 'recover', 'fail', 'leave'] as const)
  cluster.events.addEventListener(type, ({ detail: member }) => console.log(type, member.name))

process.once('SIGINT', () => cluster.leave())
