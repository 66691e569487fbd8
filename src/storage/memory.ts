import type { Storage } from '../core/ports.ts'

/** A storage for as long as the process (or page) lives. Each call makes one of its own. */
export const memoryStorage = (): Storage => new Map<string, string>()
