/** For other packages of hearsay that run in Node: what they share with core's storage. */
export { makeFolder } from './storage/node/make-folder.ts'
export { openMode } from './storage/node/open-mode.ts'
