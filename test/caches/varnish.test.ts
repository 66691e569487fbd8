import { scenarios } from './scenarios.ts'

scenarios('varnish')
