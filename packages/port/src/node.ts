/** For Node: ports over sockets, and the control socket of a running member. */
export {
  type ConnectControlOptions,
  type ControlFilter,
  connectControl,
  type FollowControlLogOptions,
  followControlLog,
  listControl,
} from './control/connect-control.ts'
export type { ControlMember, ControlState } from './control/control-protocol.ts'
export { followLog } from './control/follow-log.ts'
export { type LogLevel, type LogRecord, logLevels } from './control/log-levels.ts'
export { type ControlSocket, type ServeControlOptions, serveControl } from './control/serve-control.ts'
export { socketPort } from './socket-port.ts'
