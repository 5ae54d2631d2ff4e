/** `runtime.earlyReturn`: the rest of the handler, and everything after it, is skipped. */
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
 * Resolver code uses a feature of APPSYNC_JS that is not implemented here, or that does not exist.
 */
export class UnsupportedInResolver extends Error {
  override readonly name = 'UnsupportedInResolver';
}
