// @vitest-environment happy-dom
import { createApp } from 'vue'

export * from './page.ts'
export const app = createApp({ template: '' })
