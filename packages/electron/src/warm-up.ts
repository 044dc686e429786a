/**
 * Warm-up: loads and compiles the code of a member, so that a standby process joins in half the time.
 *
 * Two members of a cluster that nobody else can join find each other on loopback, and leave.
 */
import { joinCluster } from '@hearsay/core'

export async function warmUp(): Promise<void> {
  const options = {
    cluster: crypto.randomUUID(),
    secret: crypto.randomUUID(),
    listen: ['/ip4/127.0.0.1/tcp/0'],
    mdns: false,
  }
  const first = await joinCluster(options)
  const second = await joinCluster({ ...options, bootstrap: first.self.addresses })
  await new Promise(resolve => second.events.addEventListener('join', resolve, { once: true }))
  await Promise.all([first.leave(), second.leave()])
}
