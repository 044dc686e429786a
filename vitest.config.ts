import { fileURLToPath } from 'node:url'
import { configDefaults, defineConfig } from 'vitest/config'

/**
 * Tests with real sockets and processes that bound a time, or that keep all cores busy. They run one after the other, when
 * nothing else runs: on a busy machine they would test the machine.
 */
const alone = [
  'packages/core/test/integration/{large-state,many}.test.ts',
  'packages/simulator/test/gossip-calibration.test.ts',
  'packages/cli/test/{demo,join}.test.ts',
  'test/attacks/**/*.test.ts',
  'test/diagnosis/**/*.test.ts',
  'test/networks/**/*.test.ts',
]

/**
 * All tests with real sockets and processes. Most of them wait, so two files run at a time. Each has its own cluster names,
 * folders and ports. No test that computes runs beside them.
 */
const real = [
  ...alone,
  'packages/core/test/integration/**/*.test.ts',
  'packages/cli/test/**/*.test.ts',
  'packages/electron/test/integration/**/*.test.ts',
  'packages/react/test/integration/**/*.test.tsx',
  'test/contract/**/*.test.ts',
  'test/deploy/**/*.test.ts',
  'test/electron/**/*.test.ts',
  'test/integration/**/*.test.ts',
  'test/browser/**/*.test.ts',
]

/**
 * Tests that compute, some of them hours of virtual time. A busy machine makes them slower and nothing else, so their limit
 * only ends a test that hangs.
 */
const project = (name: string, root: string) => ({
  extends: true as const,
  test: {
    name,
    include: [`${root}/**/*.test.{ts,tsx}`],
    exclude: [...configDefaults.exclude, ...real],
    testTimeout: 600_000,
  },
})

/** Tests of rooms, once more in private rooms. */
const inPrivateRooms = () => {
  const { test, ...rest } = project('@hearsay/simulator, private rooms', 'packages/simulator')
  const scenarios =
    'awareness,documents,documents-apart,document-announcer,epochs,presence-views,room-members,rooms'
  const include = [`packages/simulator/test/scenarios/{${scenarios}}.test.ts`]
  const setupFiles = ['packages/simulator/test/private-rooms.ts']
  return { ...rest, test: { ...test, include, setupFiles, env: { PRIVATE_ROOMS: '1' } } }
}

/** The tests of the hooks, with the React version that a folder depends on. */
const withReact = (version: number, folder: string) => {
  const { test, ...rest } = project(`@hearsay/react, React ${version}`, 'packages/react')
  const alias = Object.fromEntries(
    ['react', 'react-dom', '@testing-library/react'].map(name => [
      name,
      fileURLToPath(new URL(`${folder}/node_modules/${name}`, import.meta.url)),
    ]),
  )
  return { ...rest, resolve: { alias }, test: { ...test, env: { REACT: `${version}` } } }
}

export default defineConfig({
  test: {
    // Real processes and browsers: slow on a busy machine, bounded on any.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // The default, one second, would measure the machine.
    expect: { poll: { timeout: 20_000 } },
    // By default Vitest leaves one core idle, which of two cores is half.
    maxWorkers: '100%',
    projects: [
      project('@hearsay/failure-detector', 'packages/failure-detector'),
      project('@hearsay/core', 'packages/core'),
      project('@hearsay/simulator', 'packages/simulator'),
      inPrivateRooms(),
      project('@hearsay/webrtc', 'packages/webrtc'),
      project('@hearsay/port', 'packages/port'),
      project('@hearsay/tabs', 'packages/tabs'),
      project('@hearsay/electron', 'packages/electron'),
      withReact(19, 'packages/react'),
      withReact(18, 'packages/react/test/react-18'),
      project('@hearsay/page', 'packages/page'),
      project('@hearsay/test', 'test'),
      {
        extends: true,
        test: {
          name: 'real',
          include: real,
          exclude: [...configDefaults.exclude, ...alone],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: { name: 'real, alone', include: alone, fileParallelism: false, sequence: { groupOrder: 2 } },
      },
    ],
  },
})
