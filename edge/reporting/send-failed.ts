import { EdgeError } from '../edge-error.ts';

/**
 * The stream did not take the records, and trying on is of no use or took too long; they are still
 * where they were.
 */
export class SendFailed extends EdgeError {
  /** Whether trying again can't help until a person does something. */
  readonly lasting: boolean;

  constructor(message: string, { lasting = false, ...options }: ErrorOptions & { lasting?: boolean } = {}) {
    super(message, options);
    this.lasting = lasting;
  }
}
