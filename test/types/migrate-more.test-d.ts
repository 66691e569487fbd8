/** What the compiler must accept and refuse of `guidon/migrate/more`, which `guidon/migrate` loads by itself. */
import type { Inside, Storage } from '../../src/index.ts'
import { type More, moreOf, type Reads } from '../../src/migrate-more.ts'
import { is } from './is.ts'

const more = moreOf({ environmentID: 'key', AsyncStorage: {} })
is<typeof more, More>(true)
is<typeof more.storage, Promise<Storage> | undefined>(true)
// @ts-expect-error: the options of init are needed
moreOf()

declare const inside: Inside
const kept = more.kept(inside, undefined, () => false)
is<typeof kept, Promise<string | undefined>>(true)
export const begin = (reads: Reads) => more.begin(inside, () => {}, reads)
