/** What the compiler must accept and refuse of `guidon/migrate/more`, which `guidon/migrate` loads by itself. */
import type { Extension, Inside, Storage } from '../../src/index.ts'
import { type More, moreOf } from '../../src/migrate-more.ts'
import { is } from './is.ts'

const more = moreOf(() => {})
is<typeof more, More>(true)
const storage = more.storage({ getItem: () => null, setItem: async () => {} })
is<typeof storage, Promise<Storage>>(true)
// @ts-expect-error: somebody is to hear of errors
moreOf()

declare const inside: Inside
const kept = more.kept(inside, undefined, undefined, () => false)
is<typeof kept, Promise<string | undefined>>(true)
const beside = more.beside({ environmentID: 'key', AsyncStorage: {} })
is<typeof beside, Extension>(true)
