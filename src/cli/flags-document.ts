import { readFlags } from '../codegen/flags-file.ts'
import type { EnvironmentDocument } from '../edge/document.ts'

/**
 * The environment document of a file of bundled flags: everybody gets what is in the file. `key` is its client-side key where
 * the file has none.
 *
 * @throws SyntaxError for a text that is no JSON, Error for one that is no file of flags.
 */
export function flagsDocument(text: string, key: string): EnvironmentDocument {
  const { environment, flags } = asFlags(text)
  return {
    api_key: environment ?? key,
    project: {},
    feature_states: [...flags].map(([name, [enabled, value, variant]], index) => ({
      feature: { id: index + 1, name, type: variant ? 'MULTIVARIATE' : 'STANDARD' },
      enabled,
      feature_state_value: value,
      multivariate_feature_state_values: variant
        ? [
            {
              multivariate_feature_option: { value, key: variant },
              percentage_allocation: 100,
              id: index + 1,
            },
          ]
        : [],
    })),
  }
}

function asFlags(text: string) {
  try {
    return readFlags(text)
  } catch (error) {
    throw error instanceof SyntaxError
      ? error
      : new Error('It is no file of flags. `guidon pull` writes one.', { cause: error })
  }
}
