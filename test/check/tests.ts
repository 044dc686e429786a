/**
 * Tests: runs the tests of all projects in three vitest runs beside each other. Each writes its counts to a file.
 *
 * Two runs use real sockets, processes and browsers, which wait most of the time. The tests that compute have a low
 * priority, so they use the time that the two leave.
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

const runs = [
  { title: 'tests on sockets and networks', projects: ['sockets'] },
  { title: 'tests in browsers and of the command line', projects: ['browsers', 'cli'] },
  { title: 'tests that compute', projects: ['!sockets', '!browsers', '!cli'], hasLowPriority: true },
]

const countsFile = (title: string): string => join(folder, `${title.replaceAll(' ', '-')}.json`)

/** @param args the caller's arguments: file name filters and options of vitest */
export function testSteps(args: readonly string[]): readonly Step[] {
  return runs.map(({ title, projects, ...run }) => ({
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
  }))
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
