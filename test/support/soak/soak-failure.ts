/** A check of the soak test failed; the message says which. */
export class SoakFailure extends Error {
  override readonly name = 'SoakFailure';
}
