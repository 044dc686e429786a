/**
 * Tests: runs the tests of all projects in four vitest runs. Each writes its counts to a file.
 *
 * The first run has the machine for itself. The others run beside each other: two use real sockets, processes and browsers,
 * which wait most of the time. The tests that compute have a low priority, so they use the time that the two leave.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Step } from './step.ts'

export interface TestCounts {
  readonly passed: number
  readonly failed: number
}

/** vitest's line about a file whose tests have run. */
const testFileLine = /\.test\.tsx? .*\(\d+ tests?/

const folder = mkdtempSync(join(tmpdir(), 'hearsay-check-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

interface Run extends Pick<Step, 'title' | 'hasLowPriority'> {
  readonly projects: readonly string[]
}

const aloneRun: Run = { title: 'tests that need a quiet machine', projects: ['alone'] }
const runsBesideEachOther: readonly Run[] = [
  { title: 'tests on sockets and networks', projects: ['sockets'] },
  { title: 'tests in browsers and of the command line', projects: ['browsers', 'cli'] },
  {
    title: 'tests that compute',
    projects: ['!alone', '!sockets', '!browsers', '!cli'],
    hasLowPriority: true,
  },
]

const countsFile = (title: string): string => join(folder, `${title.replaceAll(' ', '-')}.json`)

export interface TestSteps {
  readonly alone: Step
  readonly besideEachOther: readonly Step[]
}

/** @param args the caller's arguments: file name filters and options of vitest */
export function testSteps(args: readonly string[]): TestSteps {
  const stepOf = ({ title, projects, ...run }: Run): Step => ({
    title,
    command: [
      'vitest',
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${countsFile(title)}`,
      // A filter may name files of one run only.
      '--passWithNoTests',
      ...projects.map(name => `--project=${name}`),
      ...args,
    ],
    needsBuild: true,
    progress: testFileLine,
    ...run,
  })
  return { alone: stepOf(aloneRun), besideEachOther: runsBesideEachOther.map(stepOf) }
}

/** The counts of a run. Zero for both if vitest failed before it counted. @param title of its step */
export function readTestCounts(title: string): TestCounts {
  try {
    const report = JSON.parse(readFileSync(countsFile(title), 'utf8'))
    return { passed: report.numPassedTests, failed: report.numFailedTests }
  } catch {
    return { passed: 0, failed: 0 }
  }
}
