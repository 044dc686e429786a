/** Electron, as its main process sees it: real processes and ports, without Electron. */
import { EventEmitter } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Electron, SafeStorage } from '../../src/electron.ts'
import { IpcOfMain, Page, type PageOptions } from './page.ts'
import { ChannelOfMain } from './ports.ts'
import { ForkedProcesses } from './utility-process.ts'

class StandInApp extends EventEmitter {
  readonly userData: string = mkdtempSync(join(tmpdir(), 'hearsay-electron-'))
  isFirstInstance = true
  /** How often the app has quit. */
  quits = 0
  /** The arguments of each call of `setAsDefaultProtocolClient`. */
  readonly registered: unknown[][] = []

  requestSingleInstanceLock(): boolean {
    return this.isFirstInstance
  }

  setAsDefaultProtocolClient(...values: unknown[]): boolean {
    this.registered.push(values)
    return true
  }

  async whenReady(): Promise<void> {}

  getPath(): string {
    return this.userData
  }

  quit(): void {
    let isPrevented = false
    this.emit('will-quit', {
      preventDefault: () => {
        isPrevented = true
      },
    })
    if (!isPrevented) this.quits += 1
  }
}

class StandInPowerMonitor extends EventEmitter {
  state: 'active' | 'idle' | 'locked' = 'active'

  getSystemIdleState(): 'active' | 'idle' | 'locked' {
    return this.state
  }
}

/** Encrypts by flipping all bits. */
export class StandInSafeStorage implements SafeStorage {
  isAvailable = true
  backend = 'gnome_libsecret'

  isEncryptionAvailable(): boolean {
    return this.isAvailable
  }

  getSelectedStorageBackend(): string {
    return this.backend
  }

  encryptString(text: string): Buffer {
    return Buffer.from(text).map(byte => ~byte) as Buffer
  }

  decryptString(encrypted: Buffer): string {
    if (!this.isAvailable) throw new Error('the keychain is locked')
    return Buffer.from(encrypted.map(byte => ~byte)).toString()
  }
}

export class StandInElectron {
  readonly app: StandInApp = new StandInApp()
  readonly ipcMain: IpcOfMain = new IpcOfMain()
  readonly powerMonitor: StandInPowerMonitor = new StandInPowerMonitor()
  readonly safeStorage: StandInSafeStorage = new StandInSafeStorage()
  readonly utilityProcess: ForkedProcesses = new ForkedProcesses()
  readonly MessageChannelMain = ChannelOfMain

  get modules(): Electron {
    return this
  }

  openPage(options?: PageOptions): Page {
    return new Page(this.ipcMain, options)
  }

  end(): void {
    this.utilityProcess.endAll()
    rmSync(this.app.userData, { recursive: true, force: true })
  }
}
