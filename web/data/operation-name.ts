/**
 * The name of an operation, by which answers are kept and forgotten. @throws Error for an operation
 * without one
 */
export function operationName(document: unknown): string {
  const name = /^\s*(?:query|mutation|subscription)\s+(\w+)/.exec(String(document))?.[1];
  if (name === undefined) throw new Error(`The operation has no name: ${String(document)}`);
  return name;
}
