/** An app of CommonJS modules: it requires the built package, and gets the Yjs that the package has. Prints what holds. */
const required = require('yjs')
const { joinCluster } = require('@hearsay/core')

async function main() {
  const Y = await import('yjs')
  const cluster = await joinCluster({ cluster: `test-${process.pid}`, mdns: false, listen: [] })
  const { doc } = await cluster.room('room')
  const todo = new Y.Map()
  todo.set('title', 'write')
  doc.getArray('todos').push([todo])
  console.log(
    JSON.stringify({
      imported: doc instanceof Y.Doc && doc.constructor === Y.Doc,
      required: doc instanceof required.Doc,
      nested: doc.getArray('todos').toJSON(),
    }),
  )
  await cluster.leave()
}

main().catch(error => {
  console.error(error)
  process.exitCode = 1
})
