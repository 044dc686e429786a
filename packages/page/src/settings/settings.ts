/** Settings: the config that all pages of a demo share. Values that do not match the schema are rejected and hidden. */
import { defineConfig } from '@hearsay/react'
import * as v from 'valibot'

export const accents = ['blue', 'violet', 'teal', 'rose', 'amber'] as const

export const maxTitleLength = 40

export const settings = defineConfig('page', {
  schema: {
    title: v.pipe(v.string(), v.trim(), v.maxLength(maxTitleLength)),
    accent: v.picklist(accents),
    heartbeats: v.boolean(),
  },
})
