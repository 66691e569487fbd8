export { type More, moreOf, type Reads } from './migrate/more.ts'
