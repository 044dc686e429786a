/**
 * docs/troubleshooting.md has an entry for every message of `explain`, the health and the start, and for each field of the
 * health.
 */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { joinCluster } from '@hearsay/core'
import { expect, it } from 'vitest'
import { textsIn } from './helpers/texts-in.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const page = readFileSync(join(root, 'docs/troubleshooting.md'), 'utf8')

/** The files whose messages people read. */
const sources = [
  'packages/core/src/api/ticket.ts',
  'packages/core/src/handles/explain.ts',
  'packages/core/src/handles/problems.ts',
  'packages/core/src/libp2p/admission/refusals.ts',
  'packages/core/src/libp2p/bootstrap-problems.ts',
  'packages/core/src/libp2p/identity.ts',
  'packages/core/src/libp2p/node/given-identity.ts',
  'packages/core/src/libp2p/node/join-cluster.ts',
  'packages/core/src/libp2p/node/local-discovery.ts',
  'packages/core/src/libp2p/node/relay-bounds.ts',
  'packages/core/src/libp2p/peer-clocks.ts',
  'packages/core/src/libp2p/published-addresses.ts',
  'packages/core/src/libp2p/wrapped-identity.ts',
  'packages/core/src/storage/key-values.ts',
  'packages/core/src/storage/node/{durable-level-datastore,folder-mode,open-storage}.ts',
  'packages/core/src/storage/write-queue.ts',
  'packages/cli/src/attach/open-cluster.ts',
  'packages/cli/src/join/join.ts',
  'packages/cli/src/member/authority-file.ts',
  'packages/cli/src/member/secret-file.ts',
]

/** Texts of the log, of programs on a node of their own, the end of a sentence, and the mark of a wrapped key. */
const elsewhere = /may use this relay, within its limits|^privateKey: |%e$|^…, … s ago|^hearsay wrapped key/

const paths = sources.flatMap(source => globSync(source, { cwd: root })).sort()

it('finds the messages of all sources', () => {
  expect(paths.length).toBeGreaterThanOrEqual(sources.length)
})

it.each(paths)('every message of %s has an entry', path => {
  const texts = textsIn(join(root, path)).map(text => text.replace('%s', '…'))
  expect(texts.length).toBeGreaterThan(0)
  // A text that contains backticks is between two.
  const isThere = (text: string) => page.includes(`${text}\``) || page.includes(`${text} \`\``)
  expect(texts.filter(text => !elsewhere.test(text) && !isThere(text))).toEqual([])
})

it('every field of the health has an entry, and every reason to refuse a fact', async () => {
  const cluster = await joinCluster({
    cluster: 'troubleshooting',
    mdns: false,
    listen: ['/ip4/127.0.0.1/tcp/0'],
  })
  const health = cluster.health.getSnapshot()
  await cluster.leave()
  const names = [...Object.keys(health), ...Object.keys(health.refusedFacts)]
  expect(names.filter(name => !page.includes(`\`${name}\``))).toEqual([])
})
