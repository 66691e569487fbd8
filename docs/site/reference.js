// The reference of every export, out of the doc comments: a page for each door of package.json.

import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Application, Converter, ReflectionKind } from 'typedoc'

const root = resolve(import.meta.dirname, '../..')
const { name, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** The doors: what an app imports, the page that says what is in it, and the file that it is. */
export const doors = Object.keys(exports)
  .filter((path) => path !== './package.json')
  .map((path) => {
    const page = path === '.' ? name : path.slice(2).replace('/', '-')
    return {
      door: `${name}${path.slice(1)}`,
      page,
      file: `src/${path === '.' ? 'index' : page}.ts`,
    }
  })

/** Writes the pages into a folder. */
export const writeReference = async (out) => {
  const app = await Application.bootstrapWithPlugins({
    plugin: ['typedoc-plugin-markdown'],
    entryPoints: doors.map(({ file }) => join(root, file)),
    tsconfig: join(root, 'tsconfig.json'),
    // The types are checked by the project's own compiler, which is another one.
    skipErrorChecking: true,
    // What a door shows of a type that it does not export is said where it is shown.
    validation: { notExported: false, invalidLink: true },
    excludeExternals: true,
    excludePrivate: true,
    disableSources: true,
    readme: 'none',
    sort: ['source-order'],
    groupOrder: ['Functions', 'Variables', 'Classes', 'Interfaces', 'Type Aliases', '*'],
    out,
    router: 'module',
    hideBreadcrumbs: true,
    hidePageHeader: true,
    entryFileName: 'index',
    parametersFormat: 'table',
    interfacePropertiesFormat: 'table',
    typeAliasPropertiesFormat: 'table',
    typeDeclarationFormat: 'table',
    tableColumnSettings: { hideModifiers: true, hideInherited: true, hideOverrides: true, hideSources: true },
    typeDeclarationVisibility: 'compact',
    useCodeBlocks: true,
    logLevel: 'Warn',
  })
  app.converter.on(Converter.EVENT_RESOLVE_END, ({ project }) => {
    for (const module of project.getChildrenByKind(ReflectionKind.Module))
      if (module.name === 'index') module.name = name
    // What a function takes apart has no name of its own.
    for (const parameter of project.getReflectionsByKind(ReflectionKind.Parameter))
      if (parameter.name === '__namedParameters') parameter.name = 'options'
  })
  const project = await app.convert()
  if (!project) throw new Error('The reference cannot be made.')
  await app.generateOutputs(project)
  if (app.logger.hasErrors()) throw new Error('The reference has mistakes.')

  for (const { door, page } of doors) {
    const file = join(out, `${page}.md`)
    const text = readFileSync(file, 'utf8')
      .replace(/^# .*$/m, `# ${door}`)
      // Lines between members, on top of those that headings have.
      .replace(/^\*\*\*$/gm, '')
    writeFileSync(file, text)
  }
  writeFileSync(
    join(out, 'index.md'),
    `# Reference\n\nEvery export of every door, from the doc comments.\n\n${doors
      .map(({ door, page }) => `- [\`${door}\`](${page}.md)`)
      .join('\n')}\n`,
  )
}
