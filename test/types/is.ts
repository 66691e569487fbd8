/** Compiles only where two types are the same: `is<typeof size, number>(true)`. */
export const is = <A, B>(_: Is<A, B>): void => {}
type Is<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/**
 * The options of `O` that may be left out, each said to be `undefined`. It fits `O` where `undefined` is as if it were not said,
 * which who compiles with `exactOptionalPropertyTypes` has to be told.
 */
export type Unsaid<O> = { [K in keyof O as object extends Pick<O, K> ? K : never]-?: undefined }
