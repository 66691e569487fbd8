import type { NextConfig } from 'next'

export default {
  // What is the same for everybody is rendered by the build, and the rest when it is asked for. The files of this example work
  // without these two as well.
  cacheComponents: true,
  partialPrefetching: true,
  // Else Next takes the folder of the highest lock file, and that is guidon's.
  turbopack: { root: import.meta.dirname },
} satisfies NextConfig
