export interface FieldErrorDetails {
  errorType: string | null;
  data?: unknown;
  errorInfo?: unknown;
}

/** A field that failed in a way that the client is told of. */
export class FieldError extends Error {
  override readonly name = 'FieldError';
  readonly details: FieldErrorDetails;

  constructor(message: string, details: FieldErrorDetails) {
    super(message);
    this.details = details;
  }
}

/** The caller may not see this field. */
export function notAuthorized(typeName: string, fieldName: string): FieldError {
  return new FieldError(`Not Authorized to access ${fieldName} on type ${typeName}`, {
    errorType: UNAUTHORIZED,
  });
}

export const UNAUTHORIZED = 'Unauthorized';
