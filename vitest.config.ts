import { fileURLToPath } from 'node:url'
import { configDefaults, defineConfig } from 'vitest/config'

/**
 * Real sockets, processes and browsers. The tests of each of these projects run one after the other: on a busy machine they
 * would test the machine. `npm test` first runs `alone`, and then two of the other projects at a time.
 */
const real = {
  alone: [
    // Compares real times with simulated times.
    'packages/simulator/test/gossip-calibration.test.ts',
    // Needs 22 s of processor time, and beside other tests twice as much.
    'packages/core/test/integration/many.test.ts',
  ],
  sockets: [
    'packages/core/test/integration/**/!(many).test.ts',
    'packages/electron/test/integration/**/*.test.ts',
    'packages/react/test/integration/**/*.test.tsx',
    'test/attacks/**/*.test.ts',
    'test/contract/**/*.test.ts',
    'test/deploy/**/*.test.ts',
    'test/diagnosis/**/*.test.ts',
    'test/electron/**/*.test.ts',
    'test/integration/**/*.test.ts',
    'test/networks/**/*.test.ts',
  ],
  cli: ['packages/cli/test/**/*.test.ts'],
  browsers: ['test/browser/**/*.test.ts'],
}

/**
 * Tests that compute, some of them hours of virtual time. A busy machine makes them slower and nothing else, so their limit
 * only ends a test that hangs.
 */
const project = (name: string, root: string) => ({
  extends: true as const,
  test: {
    name,
    include: [`${root}/**/*.test.{ts,tsx}`],
    exclude: [...configDefaults.exclude, ...Object.values(real).flat()],
    testTimeout: 900_000,
    // To start a process for each file takes as long as all tests together.
    isolate: false,
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

/** The tests of the hooks, with the React version that a folder depends on. React and the page keep state between files. */
const withReact = (version: number, folder: string) => {
  const { test, ...rest } = project(`@hearsay/react, React ${version}`, 'packages/react')
  const alias = Object.fromEntries(
    ['react', 'react-dom', '@testing-library/react'].map(name => [
      name,
      fileURLToPath(new URL(`${folder}/node_modules/${name}`, import.meta.url)),
    ]),
  )
  return { ...rest, resolve: { alias }, test: { ...test, isolate: true, env: { REACT: `${version}` } } }
}

export default defineConfig({
  test: {
    // Real processes and browsers: slow on a busy machine, bounded on any.
    testTimeout: 60_000,
    hookTimeout: 60_000,
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
      ...Object.entries(real).map(([name, include], i) => ({
        extends: true as const,
        test: { name, include, fileParallelism: false, sequence: { groupOrder: i + 1 } },
      })),
    ],
  },
})
