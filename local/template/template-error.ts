/**
 * The synthesized template asks for something that the one-machine runtime doesn't know: it would
 * run differently than in the cloud.
 */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';

  constructor(place: string, problem: string) {
    super(`${place}: ${problem}`);
  }
}
