/** For Node: ports over sockets. */
export { socketPort } from './socket-port.ts'
