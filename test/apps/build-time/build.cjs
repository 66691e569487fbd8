const guidon = require('guidon/bundler')
const webpack = require('webpack')

const compiler = webpack({
  mode: 'production',
  entry: './app.js',
  output: { path: __dirname, filename: 'webpack.cjs', publicPath: '/' },
  plugins: [guidon.webpack()],
})
compiler.run((error, stats) => {
  if (error || stats.hasErrors()) throw error ?? new Error(stats.toString())
})
