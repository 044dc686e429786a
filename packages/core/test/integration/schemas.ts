/** The smallest Standard Schemas there are. */
import type { StandardSchemaV1 } from '@standard-schema/spec'

export const text: StandardSchemaV1<string> = of(
  (value): value is string => typeof value === 'string',
  'is no text',
)

export const number: StandardSchemaV1<number> = of(
  (value): value is number => typeof value === 'number',
  'is no number',
)

function of<T>(is: (value: unknown) => value is T, message: string): StandardSchemaV1<T> {
  return {
    '~standard': {
      version: 1,
      vendor: 'hearsay tests',
      validate: value => (is(value) ? { value } : { issues: [{ message }] }),
    },
  }
}
