// CommonJS, for Vitest leaves that alone.
module.exports = (url) => import(url)
