/** Does something as a user without rights: root may read and write everything, whatever the permissions are. */
export async function asNobody<T>(act: () => Promise<T>): Promise<T> {
  const { getuid, seteuid } = process
  if (getuid?.() !== 0 || !seteuid) return act()
  seteuid(65_534)
  try {
    return await act()
  } finally {
    seteuid(0)
  }
}
