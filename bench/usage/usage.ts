/** What a function used, summed over its calls. */
export interface Usage {
  /** Calls of the function. */
  calls: number;
  /** CPU of this machine, milliseconds, with the SDK and without what counts it. */
  cpu_ms: number;
  /** How often it waited for services, one wait after the other; calls side by side are one. */
  waits: number;
  /** DynamoDB request units. */
  write_units: number;
  read_units: number;
  /** Of those, units of the Traffic table, which may be billed by the hour. */
  traffic_write_units: number;
  traffic_read_units: number;
  /** What reached the log group, bytes, with Lambda's own lines. */
  log_bytes: number;
  /** Requests that S3 bills as PUT: PUT and LIST. */
  s3_puts: number;
  s3_gets: number;
  /** Bytes that were put. */
  s3_bytes: number;
}

const USAGE_KINDS = [
  'calls',
  'cpu_ms',
  'waits',
  'write_units',
  'read_units',
  'traffic_write_units',
  'traffic_read_units',
  'log_bytes',
  's3_puts',
  's3_gets',
  's3_bytes',
] as const satisfies (keyof Usage)[];

export function noUsage(): Usage {
  return Object.fromEntries(USAGE_KINDS.map(kind => [kind, 0])) as unknown as Usage;
}
