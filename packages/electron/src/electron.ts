/**
 * Electron: the parts of Electron that this package uses, passed in by the app.
 *
 * The package does not depend on Electron. A type test compares these interfaces with Electron's own.
 */

/** The modules of Electron's main process that `startMember` uses. `import * as electron from 'electron'` has all of them. */
export interface Electron {
  readonly app: App
  readonly ipcMain: IpcMain
  readonly powerMonitor: PowerMonitor
  readonly safeStorage: SafeStorage
  readonly utilityProcess: UtilityProcesses
  readonly MessageChannelMain: new () => MessageChannelMain
}

/** What `startMember` uses of Electron's `app`. */
export interface App {
  requestSingleInstanceLock(): boolean
  whenReady(): Promise<void>
  getPath(name: 'userData'): string
  on(event: 'will-quit', listener: (event: PreventableEvent) => void): unknown
  off(event: 'will-quit', listener: (event: PreventableEvent) => void): unknown
  quit(): void
}

/** What `followTicketLinks` uses of Electron's `app`. */
export interface LinkApp {
  requestSingleInstanceLock(): boolean
  setAsDefaultProtocolClient(protocol: string, path?: string, args?: string[]): boolean
  on(event: 'open-url', listener: (event: PreventableEvent, url: string) => void): unknown
  on(event: 'second-instance', listener: (event: PreventableEvent, argv: string[]) => void): unknown
  off(event: 'open-url', listener: (event: PreventableEvent, url: string) => void): unknown
  off(event: 'second-instance', listener: (event: PreventableEvent, argv: string[]) => void): unknown
}

/** An event of Electron whose default action a listener can prevent. */
export interface PreventableEvent {
  preventDefault(): void
}

/** What `startMember` uses of Electron's `ipcMain`. */
export interface IpcMain {
  // biome-ignore lint/suspicious/noExplicitAny: as Electron declares it
  handle(channel: string, listener: (event: InvokeEvent, ...values: any[]) => unknown): void
  removeHandler(channel: string): void
}

/** The event of a page's request. */
export interface InvokeEvent {
  readonly sender: WebContents
  /** Null: the frame has gone. */
  readonly senderFrame: Frame | null
}

/** Contents of a window. */
export interface WebContents {
  isDestroyed(): boolean
}

/** A frame of a window: its page, or a page inside of it. */
export interface Frame {
  /** The origin of the page, such as `https://example.org`. `file://` for files. */
  readonly origin: string
  readonly url: string
  /** Null: this is the page of the window itself. */
  readonly parent: object | null
  isDestroyed(): boolean
  postMessage(channel: string, message: unknown, transfer?: MessagePortMain[]): void
}

/** What `startMember` uses of Electron's `powerMonitor`. */
export interface PowerMonitor {
  on(event: PowerEvent, listener: (event?: PreventableEvent) => void): unknown
  off(event: PowerEvent, listener: (event?: PreventableEvent) => void): unknown
  getSystemIdleState(idleThresholdSeconds: number): 'active' | 'idle' | 'locked' | 'unknown'
}

/** The events of the system that `startMember` follows. */
export type PowerEvent = 'suspend' | 'resume' | 'lock-screen' | 'unlock-screen' | 'shutdown'

/** Electron's `safeStorage`, which encrypts with the system's keychain. */
export interface SafeStorage {
  isEncryptionAvailable(): boolean
  encryptString(text: string): Buffer
  decryptString(encrypted: Buffer): string
  /** On Linux only. */
  getSelectedStorageBackend?(): string
}

/** Electron's `utilityProcess`, which starts processes. */
export interface UtilityProcesses {
  fork(modulePath: string, args?: string[], options?: { serviceName?: string }): UtilityProcess
}

/** A process that runs a module of the app, without windows. */
export interface UtilityProcess {
  on(event: 'message', listener: (message: unknown) => void): unknown
  once(event: 'exit', listener: (code: number) => void): unknown
  postMessage(message: unknown, transfer?: MessagePortMain[]): void
  kill(): boolean
}

/** Two connected ports. */
export interface MessageChannelMain {
  readonly port1: MessagePortMain
  readonly port2: MessagePortMain
}

/** Its messages are events with `data`. */
export interface MessagePortMain {
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown
  on(event: 'close', listener: () => void): unknown
  off(event: 'message', listener: (event: { data: unknown }) => void): unknown
  off(event: 'close', listener: () => void): unknown
  // Electron declares its own class as the type of the transferred ports.
  // biome-ignore lint/suspicious/noExplicitAny: `unknown[]` would not fit this declaration
  postMessage(message: unknown, transfer?: any[]): void
  start(): void
  close(): void
}

/** The connection of a utility process to the main process. */
export interface ParentPort {
  on(
    event: 'message',
    listener: (event: { data: unknown; ports: readonly MessagePortMain[] }) => void,
  ): unknown
  postMessage(message: unknown): void
}
