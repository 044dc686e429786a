/// <reference types="node" />
import { createAuthority, joinCluster } from '@hearsay/core'

const [name = 'ada', ...bootstrap] = process.argv.slice(2)
const { HEARSAY_TICKET: ticket } = process.env

// Without a ticket, this program founds a new cluster. To found the same one again, store the key.
const access = ticket ? { ticket } : { cluster: 'atlas', authority: (await createAuthority()).key }
const cluster = await joinCluster({ ...access, name, bootstrap })
console.log(`${name} listens on ${cluster.self.addresses[0]}`)

for (const type of ['join', 'suspect', 'recover', 'fail', 'leave'] as const)
  cluster.events.addEventListener(type, ({ detail: member }) => console.log(type, member.name))

process.once('SIGINT', () => cluster.leave())
if (!ticket) console.log(`HEARSAY_TICKET=${(await cluster.invite()).ticket}`)
