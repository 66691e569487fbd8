// @vitest-environment happy-dom
/** Blocks that only say what a component is. */
export * from './page.ts'
export { App, NineFields, OneClick } from './react.tsx'
