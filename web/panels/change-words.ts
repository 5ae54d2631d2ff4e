/** @example operationWords('setPolicyRouting') // 'Set policy routing' */
export function operationWords(operation: string): string {
  const words = operation.replaceAll(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

interface Actor {
  kind: string;
  email: string | null;
  username: string | null;
  sub: string;
}

export function actorName({ kind, email, username, sub }: Actor): string {
  return kind === 'SYSTEM' ? `the system (${sub})` : (email ?? username ?? sub);
}
