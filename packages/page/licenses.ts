/** Licences: what a bundle contains keeps them, in licenses.txt beside it. Also for the CLI, that this page is built into. */
import type { Plugin } from 'rolldown'
import { licensePlugin } from 'rolldown-license-plugin'

export const licenses: Plugin = licensePlugin({
  done(packages, context) {
    const texts = packages.map(
      ({ name, version, license, licenseText }) => `${name} ${version}, ${license}\n\n${licenseText}`,
    )
    context.emitFile({ type: 'asset', fileName: 'licenses.txt', source: texts.join('\n\n---\n\n') })
  },
})
