export { guidon, useFlag, useFlagEnabled, useFlags, useGuidon } from './vue/composables.ts'
