/** Options of `key`, parsed. */
export interface KeyOptions {
  edgeId: string;
  spool?: string;
  system: string;
  next?: boolean;
  switch?: boolean;
  pem?: boolean;
  json?: boolean;
}

/** What is wrong with a combination of options, if anything. */
export function keyContradiction({ next, switch: change, pem, json }: KeyOptions): string | undefined {
  if (next && change) return '--next makes the next key, --switch begins to use it: give one of them';
  if (pem && json) return '--pem and --json are two ways to print the key: give one of them';
  return undefined;
}
