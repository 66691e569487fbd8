/** Where a worker runs there is nothing but web standards. */
export * from './app.ts'
