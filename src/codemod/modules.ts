/** The names under which the official client is published, also in former times. */
const OFFICIAL = /^(?:@flagsmith\/flagsmith|(?:react-native-)?flagsmith(?:-es)?)(\/.*)?$/

/** Which part of the official client a module is: `''`, `/react`, …; `undefined`: it is something else. */
export const partOf = (module: string): string | undefined => {
  const found = OFFICIAL.exec(module)
  return found ? (found[1] ?? '').replace(/^\/dist|\.(?:d\.)?[cm]?[jt]s$/g, '') : undefined
}

/** Which door takes a module's place. Nothing where there is none. */
export const doorFor = (module: string): string | undefined =>
  ({
    '': 'guidon/migrate',
    '/isomorphic': 'guidon/migrate',
    '/types': 'guidon/migrate',
    '/react': 'guidon/migrate/react',
  })[partOf(module) ?? '-']

/** Whether a module is the official client, or what has taken its place already. */
export const isInstance = (module: string): boolean =>
  module === 'guidon/migrate' || doorFor(module) === 'guidon/migrate'
export const isReact = (module: string): boolean =>
  module === 'guidon/migrate/react' || doorFor(module) === 'guidon/migrate/react'
