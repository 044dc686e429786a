/** The public interface for the main process. */
export type {
  App,
  Electron,
  Frame,
  InvokeEvent,
  IpcMain,
  LinkApp,
  MessageChannelMain,
  MessagePortMain,
  PowerEvent,
  PowerMonitor,
  PreventableEvent,
  SafeStorage,
  UtilityProcess,
  UtilityProcesses,
  WebContents,
} from './electron.ts'
export { type AppMember, type StartOptions, startMember } from './start-member.ts'
export { storedTicket, storeTicket } from './ticket-file.ts'
export { followTicketLinks, type LinkProcess, type TicketLinkOptions } from './ticket-links.ts'
