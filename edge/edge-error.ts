/**
 * A planned failure of the edge program. The message is for the person at the terminal and says
 * what to do.
 */
export class EdgeError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}
