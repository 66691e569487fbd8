/** What `guidon/bundler` makes of an import of this name: the flags of the build, for `createClient({ defaults })`. */
declare module 'virtual:guidon/defaults' {
  const defaults: import('guidon').Defaults
  export default defaults
}
