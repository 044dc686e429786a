/**
 * Size: how much hearsay adds to a page that has libp2p, and how large the smallest page with hearsay is; minified and
 * compressed.
 *
 * The share of hearsay contains neither the modules that libp2p loads anyway, nor Yjs, which belongs to the app. It contains
 * everything else, also the stores for browsers. The page contains everything except the modules that are loaded later.
 */
import { basename, resolve } from 'node:path'

const libp2p = [
  // Bundles @libp2p/webrtc.
  '@hearsay/webrtc',
  'libp2p',
  '@libp2p/*',
  '@multiformats/*',
  '@noble/*',
  'datastore-core',
  'interface-datastore',
  'main-event',
  'multiformats',
  'protons-runtime',
  'uint8-varint',
  'uint8arraylist',
  'uint8arrays',
  'it-*',
]
const yjs = ['yjs', 'lib0']
const core = 'packages/core/dist/browser.js'
/** Loaded when an app first opens a room or a config. */
const spaces = './packages/core/dist/handles/space-registry.js'
/** Loaded when an app first enters a room with writers. */
const signedRooms = './packages/core/dist/handles/signed-room.js'
/** Loaded with the first query that the member asks, answers or receives. */
const queries = './packages/core/dist/handles/cluster-queries.js'
/** Loaded when a connection is refused. */
const refusals = './packages/core/dist/libp2p/admission/refusals.js'
/** Loaded when an app first measures whether the members have the same table. */
const convergenceMeter = './packages/core/dist/handles/convergence-meter.js'
/** Loaded when an app first asks which members have the same content. */
const heldBy = './packages/core/dist/handles/held-by.js'
/** Loaded when an app first calls `explain`. */
const explanations = './packages/core/dist/handles/explain.js'
/** Loaded when the dial of a bootstrap address fails for the first time. */
const bootstrapFailures = './packages/core/dist/libp2p/bootstrap-failures.js'
/** Loaded on a node that has metrics. */
const metrics = './packages/core/dist/libp2p/metrics/member-metrics.js'
/** Loaded when an app first enters a private room. */
const privateRooms = [
  './packages/core/dist/wire/private-room.js',
  './packages/core/dist/storage/sealed-writes.js',
]
/** Loaded when a store is opened with `wrapKey`. */
const wrappedIdentity = './packages/core/dist/libp2p/wrapped-identity.js'
/** Loaded by a member with a ticket or an authority, and when an app first invites or revokes. */
const invitations = [
  'handles/cluster-invitations',
  'libp2p/seed-keys',
  'libp2p/open-authority',
  'api/ticket',
].map(name => `./packages/core/dist/${name}.js`)
/** Loaded by a member with a secret. */
const keyring = ['handles/cluster-keyring', 'libp2p/open-keyring'].map(
  name => `./packages/core/dist/${name}.js`,
)
/** Loaded when a page prepares to take over. */
const preparation = './packages/core/dist/libp2p/browser/prepare-member.js'
/** The modules that a member loads later. */
const memberParts = [
  preparation,
  spaces,
  queries,
  convergenceMeter,
  heldBy,
  explanations,
  refusals,
  bootstrapFailures,
  metrics,
  ...privateRooms,
  wrappedIdentity,
  ...invitations,
  ...keyring,
]
/** Loaded when the app names a database. */
const stores = ['durable-idb', 'second-page'].map(
  name => `./packages/core/dist/storage/browser/${name}-datastore.js`,
)
/** Loaded when a view first enters a room, opens a config, asks a query or waits for agreement. */
const viewParts = ['mirrored-rooms', 'mirrored-configs', 'mirrored-queries'].map(
  name => `./packages/port/dist/mirrored/${name}.js`,
)
const page = 'test/size/page.tsx'

const asBuilt = config => ({
  ...config,
  jsx: 'automatic',
  target: 'es2022',
  define: { 'process.env.NODE_ENV': '"production"' },
})

/**
 * Gives the files that are loaded later short names, like those of a bundler. Otherwise esbuild would import them by their
 * paths from its output folder, and the size would depend on the folder of the checkout.
 */
const laterFiles = paths => {
  const files = new Set(paths.map(path => resolve(path)))
  return {
    name: 'later-files',
    setup: build =>
      build.onResolve({ filter: /^\./ }, ({ path, resolveDir }) =>
        files.has(resolve(resolveDir, path)) ? { path: `./${basename(path)}`, external: true } : undefined,
      ),
  }
}

/** As a module, because esbuild otherwise adds a replacement of `require` for each import that is not counted. */
const asModule = config => ({ ...config, format: 'esm' })

export default [
  {
    name: '@hearsay/core in a browser: what joining loads',
    path: core,
    ignore: [...libp2p, ...yjs, ...memberParts],
    limit: '70.85 kB',
  },
  {
    name: '@hearsay/core in a browser: with rooms and configs',
    path: core,
    ignore: [
      ...libp2p,
      ...yjs,
      metrics,
      preparation,
      signedRooms,
      ...privateRooms,
      wrappedIdentity,
      ...invitations,
      ...keyring,
    ],
    limit: '144 kB',
  },
  {
    name: '@hearsay/react',
    path: 'packages/react/dist/index.js',
    ignore: ['react', '@hearsay/core'],
    limit: '5 kB',
  },
  {
    name: "@hearsay/port: a view's half",
    path: 'packages/port/dist/index.js',
    import: '{ connectCluster }',
    ignore: [...yjs, 'y-protocols', ...viewParts],
    modifyEsbuildConfig: asModule,
    limit: '8 kB',
  },
  {
    name: "@hearsay/port: a view's half with rooms and configs",
    path: 'packages/port/dist/index.js',
    import: '{ connectCluster }',
    ignore: [...yjs, 'y-protocols'],
    modifyEsbuildConfig: asModule,
    limit: '20.5 kB',
  },
  {
    name: '@hearsay/tabs: what each tab loads, with the half of a view',
    path: 'packages/tabs/dist/index.js',
    ignore: [...yjs, 'y-protocols', ...viewParts],
    modifyEsbuildConfig: asModule,
    limit: '16.95 kB',
  },
  {
    name: '@hearsay/tabs alone, without the two halves of @hearsay/port',
    path: 'packages/tabs/dist/index.js',
    ignore: ['@hearsay/*'],
    limit: '3 kB',
  },
  {
    name: "@hearsay/electron: a page's half, with rooms and configs and no libp2p",
    path: 'packages/electron/dist/renderer.js',
    ignore: [...yjs, 'y-protocols'],
    modifyEsbuildConfig: asModule,
    limit: '20.9 kB',
  },
  {
    name: '@hearsay/electron: the preload script',
    path: 'packages/electron/dist/preload.cjs',
    ignore: ['electron'],
    limit: '2 kB',
  },
  {
    name: 'a minimal page with React, all in',
    path: page,
    ignore: [...memberParts, ...stores],
    modifyEsbuildConfig: asBuilt,
    limit: '296.1 kB',
  },
  {
    name: 'React of that page',
    path: page,
    ignore: ['@hearsay/*'],
    modifyEsbuildConfig: asBuilt,
    limit: '70 kB',
  },
].map(({ ignore, modifyEsbuildConfig = config => config, ...check }) => {
  const isFile = name => name.startsWith('./')
  return {
    gzip: true,
    ...check,
    ignore: ignore.filter(name => !isFile(name)),
    modifyEsbuildConfig: config => ({
      ...modifyEsbuildConfig(config),
      plugins: [...(config.plugins ?? []), laterFiles(ignore.filter(isFile))],
    }),
  }
})
