/** `runtime.earlyReturn`: the rest of the handler, and what would follow it, is passed by. */
export class EarlyReturn extends Error {
  override readonly name = 'EarlyReturn';
  readonly value: unknown;
  readonly skipTo: 'END' | 'NEXT';

  constructor(value: unknown, skipTo: 'END' | 'NEXT') {
    super('earlyReturn');
    this.value = value;
    this.skipTo = skipTo;
  }
}

/**
 * Resolver code uses something of APPSYNC_JS that isn't built here, or that APPSYNC_JS doesn't
 * have.
 */
export class UnsupportedInResolver extends Error {
  override readonly name = 'UnsupportedInResolver';
}
