import { createEdge } from 'guidon/edge'
import document from '../environment.json'

// Traits would be kept in the memory of this isolate alone, and there are many. Where that does not do, leave them to a real
// service: `persistTraits: false` makes this one forget.
const edge = createEdge({ document })

export default { fetch: edge.handler }
