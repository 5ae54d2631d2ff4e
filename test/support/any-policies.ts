import fc from 'fast-check';
import { APPLICATION_CLASSES } from '../../core/policy/application-class.ts';
import type { FlowKey } from '../../core/policy/flow-key.ts';
import type { PolicyMatch, PolicyRule } from '../../core/policy/policy.ts';

/** A policy; enabled and matching everything by default. */
export function rule(id: string, priority: number, match: PolicyMatch = {}, enabled = true): PolicyRule {
  return { id, name: '', priority, enabled, match };
}

// Few values each, so that policies meet, contain and miss each other.
const match: fc.Arbitrary<PolicyMatch> = fc.record(
  {
    protocol: fc.constantFrom(1, 6, 17),
    source_port: fc.constantFrom(0, 443, 20_000),
    destination_port_from: fc.constantFrom(0, 80, 443),
    destination_port_to: fc.constantFrom(443, 25_000, 65_535),
    source_cidr: fc.constantFrom(
      '10.0.0.0/8',
      '10.0.0.0/9',
      '10.128.0.0/9',
      '0.0.0.0/0',
      '::/0',
      '::/1',
      '8000::/1',
    ),
    destination_cidr: fc.constantFrom('10.1.0.0/16', '0.0.0.0/1', '128.0.0.0/1', '::/0'),
    application: fc.constantFrom(...APPLICATION_CLASSES),
  },
  { requiredKeys: [] },
);
export const anyPolicies = fc
  .array(fc.tuple(match, fc.integer({ min: 0, max: 3 }), fc.boolean()), { minLength: 1, maxLength: 7 })
  .map(list => list.map(([rules, priority, enabled], id) => rule(`${id}`, priority, rules, enabled)));
const port = fc.constantFrom(0, 79, 80, 443, 5060, 20_000, 20_001, 25_000, 25_001, 40_000, 65_535);
export const anyFlow: fc.Arbitrary<FlowKey> = fc
  .tuple(
    fc.constantFrom(
      ['10.1.2.3', '10.1.9.9'],
      ['10.200.0.1', '192.0.2.1'],
      ['172.16.0.1', '9.9.9.9'],
      ['2001:db8::1', 'fe80::1'],
      ['9000::1', '::1'],
    ),
    port,
    port,
    fc.constantFrom(1, 6, 17, 47, 132),
  )
  .map(([[src, dst], src_port, dst_port, protocol]) => ({
    src: src!,
    dst: dst!,
    src_port,
    dst_port,
    protocol,
  }));
