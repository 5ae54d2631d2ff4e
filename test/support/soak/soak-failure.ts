/** A check of the soak test failed; the message names it. */
export class SoakFailure extends Error {
  override readonly name = 'SoakFailure';
}
