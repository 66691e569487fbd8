/** A name as the official client compares it: `My Flag` and `my_flag` are one. */
export const sameName = (name: string): string => name.toLowerCase().replace(/ /g, '_')
