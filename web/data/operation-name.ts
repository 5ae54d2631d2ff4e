/**
 * The name of an operation, the key of its cached answers.
 * @throws Error if the operation has no name
 */
export function operationName(document: unknown): string {
  const name = /^\s*(?:query|mutation|subscription)\s+(\w+)/.exec(String(document))?.[1];
  if (name === undefined) throw new Error(`The operation has no name: ${String(document)}`);
  return name;
}
