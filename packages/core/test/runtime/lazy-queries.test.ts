import { expect, it } from 'vitest'
import { LazyQueries } from '../../src/runtime/lazy-queries.ts'

it('drops messages while the code of the queries cannot be loaded, and logs that once', async () => {
  const lines: string[] = []
  let attempts = 0
  const queries = new LazyQueries(
    {
      queries: async () => {
        attempts += 1
        throw new Error('offline')
      },
    },
    { log: line => void lines.push(line) },
  )
  for (let i = 0; i < 3; i++) expect(await queries.rumor('peer', new Uint8Array())).toBe('ignore')
  expect([attempts, lines]).toEqual([3, ['queries cannot be loaded: Error: offline']])
})
