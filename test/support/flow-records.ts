import type { FlowRecord } from '../../core/totals/flow-record.ts';
import { T0 } from './report-records.ts';

/** A flow of the minute before T0; a test gives only what differs. */
export function makeFlow(given: Partial<FlowRecord> = {}): FlowRecord {
  return {
    policy_id: '7',
    endpoint_id: 'wan1',
    src: '10.1.2.3',
    src_port: 51_234,
    dst: '192.0.2.9',
    dst_port: 443,
    protocol: 6,
    packets: 1n,
    bytes: 100n,
    first: new Date(T0 - 60_000).toISOString(),
    last: new Date(T0 - 1000).toISOString(),
    ...given,
  };
}
