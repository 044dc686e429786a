/** Control client: the part of @hearsay/port that asks a running member, in a chunk without the part that serves one. */
export { connectControl, followControlLog, listControl } from '@hearsay/port/node'
