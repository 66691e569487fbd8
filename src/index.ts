export type {
  Client,
  ClientEvents,
  Consent,
  Extension,
  GuardEvent,
  Inside,
  Ready,
  ReadyOptions,
  Schema,
  Status,
} from './client/client.ts'
export { createClient } from './client/create-client.ts'
export type { GuardOptions } from './client/guards.ts'
export type { FlagShapes, FlagTypes, KnownFlags } from './client/known-flags.ts'
export type { ClientOptions, IdentityOptions } from './client/options.ts'
export { readSnapshot, snapshotScript } from './client/page.ts'
export type { MaybePromise, Stop, Storage } from './core/ports.ts'
export type { Apply, ApplyPolicy } from './core/store.ts'
export { type ErrorCode, type ErrorDetails, GuidonError } from './model/errors.ts'
export type { Flag, FlagValue, Row, Source } from './model/flag.ts'
export type { Defaults, SnapshotData } from './model/snapshot.ts'
export {
  type TraitInput,
  type TraitInputs,
  type TraitValue,
  type TransientTrait,
  transient,
} from './model/trait.ts'
export type { OutboxOptions } from './outbox/outbox.ts'
export { newGuid, type RandomSource } from './privacy/guid.ts'
export type { IdentifierPolicy } from './privacy/identifier.ts'
export { opaqueId } from './privacy/opaque-id.ts'
export type { TraitDetector, TraitPolicy } from './privacy/traits.ts'
export { memoryStorage } from './storage/memory.ts'
