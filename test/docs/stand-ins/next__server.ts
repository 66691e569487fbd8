export const connection = async (): Promise<void> => {}
