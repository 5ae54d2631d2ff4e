/** Kept data can't be read; the message names the file and says what to do. */
export class KeptDataError extends Error {
  override readonly name = 'KeptDataError';
}
