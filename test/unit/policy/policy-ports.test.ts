import { describe, expect, it } from 'vitest';
import type { FlowKey } from '../../../core/policy/flow-key.ts';
import type { PolicyMatch } from '../../../core/policy/policy.ts';
import { compilePolicies } from '../../../core/policy/policy-match.ts';
import { rule } from '../../support/any-policies.ts';

const FLOW: FlowKey = { src: '10.1.2.3', src_port: 0, dst: '192.0.2.9', dst_port: 0, protocol: 6 };

describe('conditions on ports', () => {
  const conditions: PolicyMatch[] = [
    { destination_port_to: 80 },
    { destination_port_from: 0 },
    { destination_port_from: 0, destination_port_to: 65_535 },
    { source_port: 0 },
  ];

  it.each(conditions)('apply only to the protocols that have ports: %j', match => {
    const matcher = compilePolicies([rule('1', 1, match)]);
    const taken = Array.from({ length: 256 }, (_, protocol) => protocol).filter(
      protocol => matcher.match({ ...FLOW, protocol }) === '1',
    );
    expect(taken).toEqual([6, 17, 33, 132, 136]);
  });
});
