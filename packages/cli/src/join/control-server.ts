/** Control server: the part of @hearsay/port that a running member needs, in a chunk of its own. */
export { followLog, serveControl } from '@hearsay/port/node'
