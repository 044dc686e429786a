/** Copy licences: before a package is packed, the texts of its licences are put into its folder. Git ignores them. */
import { copyFileSync } from 'node:fs'

for (const name of ['LICENSE-APACHE', 'LICENSE-MIT'])
  copyFileSync(new URL(`../../${name}`, import.meta.url), name)
