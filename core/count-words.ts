/** @example count(2, 'path') // '2 paths' */
export const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;
