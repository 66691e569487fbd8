export { type More, moreOf } from './migrate/more.ts'
