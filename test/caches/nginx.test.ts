import { scenarios } from './scenarios.ts'

scenarios('nginx')
