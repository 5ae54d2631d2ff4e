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

/** The problem with a combination of options, if there is one. */
export function keyContradiction({ next, switch: change, pem, json }: KeyOptions): string | undefined {
  if (next && change) return '--next makes the next key, --switch starts to use it: give only one of them';
  if (pem && json) return '--pem and --json are two ways to print the key: give only one of them';
  return undefined;
}
