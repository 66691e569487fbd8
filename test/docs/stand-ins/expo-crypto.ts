export const getRandomValues = <T extends Uint8Array>(bytes: T): T => crypto.getRandomValues(bytes as never)
