export interface FieldErrorDetails {
  errorType: string | null;
  data?: unknown;
  errorInfo?: unknown;
}

/** A failure of a field that is reported to the client. */
export class FieldError extends Error {
  override readonly name = 'FieldError';
  readonly details: FieldErrorDetails;

  constructor(message: string, details: FieldErrorDetails) {
    super(message);
    this.details = details;
  }
}

/** The error for a field that the caller may not see. */
export function notAuthorized(typeName: string, fieldName: string): FieldError {
  return new FieldError(`Not Authorized to access ${fieldName} on type ${typeName}`, {
    errorType: UNAUTHORIZED,
  });
}

export const UNAUTHORIZED = 'Unauthorized';
