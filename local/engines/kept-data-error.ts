/** Kept data can't be read; the message is one sentence that says which file and what to do. */
export class KeptDataError extends Error {
  override readonly name = 'KeptDataError';
}
