/** A Next.js app, with stand-ins for what Next has around it. `npm run test:next` builds a real one. */
export * from './app.ts'
