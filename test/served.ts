import { createEdge, type EdgeOptions, type EnvironmentDocument } from '../src/edge.ts'

/** Our own server with an environment, and a hand on its switches. */
export const served = (document: EnvironmentDocument, options: Partial<EdgeOptions> = {}) => {
  const edge = createEdge({ document, ...options } as EdgeOptions)
  return {
    ...edge,
    /** Switches a feature, as somebody does in a dashboard. */
    set(name: string, change: { enabled?: boolean; feature_state_value?: string | number }) {
      const found = document.feature_states.find(({ feature }) => feature.name === name)
      Object.assign(found as object, change)
      edge.replace(document)
    },
  }
}
