let kept: { username: string; password: string } | false = false

export const getGenericPassword = async (_options: { service: string }): Promise<typeof kept> => kept
export const setGenericPassword = async (
  username: string,
  password: string,
  _options: { service: string },
) => {
  kept = { username, password }
}
