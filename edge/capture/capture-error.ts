import { ValidationError } from '../../core/errors.ts';

/** The capture is damaged or truncated. All complete records before `offset` were counted. */
export class CaptureError extends ValidationError {
  /** Bytes from the beginning of the capture to the record that could not be read. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}
