/** The use of a function, summed over its calls. */
export interface Usage {
  /** Calls of the function. */
  calls: number;
  /** CPU time on this machine, milliseconds, with the SDK and without the counting. */
  cpu_ms: number;
  /** The number of consecutive waits for services; concurrent calls are one wait. */
  waits: number;
  /** DynamoDB request units. */
  write_units: number;
  read_units: number;
  /** Among those, units of the Traffic table, which may be billed by the hour. */
  traffic_write_units: number;
  traffic_read_units: number;
  /** Bytes in the log group, with Lambda's own lines. */
  log_bytes: number;
  /** Requests that S3 bills as PUT: PUT and LIST. */
  s3_puts: number;
  s3_gets: number;
  /** Bytes of puts. */
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
