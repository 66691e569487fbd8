import { withFlags } from './with-flags.jsx'

export default { decorators: [withFlags] }
