export { guidonInspector, type Inspector, type InspectorOptions, inspector } from './devtools/inspector.ts'
