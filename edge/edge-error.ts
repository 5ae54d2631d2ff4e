/**
 * A planned failure of the edge program: the message is one sentence for the person at the
 * terminal, and says what to do.
 */
export class EdgeError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}
