import { EdgeError } from '../edge-error.ts';

/**
 * The stream did not accept the records, and further retries are useless or took too long. The
 * records are still in the spool.
 */
export class SendFailed extends EdgeError {
  /** Whether retries are useless until a person acts. */
  readonly lasting: boolean;

  constructor(message: string, { lasting = false, ...options }: ErrorOptions & { lasting?: boolean } = {}) {
    super(message, options);
    this.lasting = lasting;
  }
}
