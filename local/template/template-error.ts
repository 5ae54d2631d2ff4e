/**
 * The synthesized template contains something that the one-machine runtime does not support: it
 * would run differently than in the cloud.
 */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';

  constructor(place: string, problem: string) {
    super(`${place}: ${problem}`);
  }
}
