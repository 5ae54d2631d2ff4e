/** An error of the SDK with this name. */
export function named(name: string, more: object = {}): Error {
  return Object.assign(new Error(name), { name, ...more });
}

/** A transaction that DynamoDB cancelled for these reasons, one for each action. */
export function cancelled(...codes: (string | undefined)[]): Error {
  return named('TransactionCanceledException', { CancellationReasons: codes.map(Code => ({ Code })) });
}
