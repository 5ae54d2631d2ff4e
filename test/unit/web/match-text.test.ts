import { expect, it } from 'vitest';
import { conditionText, matchText } from '../../../web/pages/policies/match-text.ts';

const NOTHING = {
  ...{ source_cidr: null, destination_cidr: null, source_port: null, protocol: null, application: null },
  ...{ destination_port_from: null, destination_port_to: null },
};

it.each([
  [{}, 'everything'],
  [{ protocol: 6 }, 'TCP'],
  [{ protocol: 0 }, 'protocol 0'],
  [{ application: 'Web' as const, source_cidr: '10.1.0.0/16' }, 'Web · 10.1.0.0/16 to any'],
  [{ destination_cidr: '::/0', source_port: 0 }, 'any to ::/0 · from port 0'],
  [{ destination_port_from: 443 }, 'port 443'],
  [{ destination_port_from: 80, destination_port_to: 80 }, 'port 80'],
  [{ destination_port_from: 80, destination_port_to: 90 }, 'ports 80 to 90'],
  [{ destination_port_to: 90 }, 'ports 0 to 90'],
])('describes a policy that matches by %j as "%s"', (match, text) => {
  expect(matchText({ ...NOTHING, ...match })).toBe(text);
});

it.each([
  ['PROTOCOL', 'protocol'],
  ['SOURCE_CIDR', 'source network'],
  ['DESTINATION_PORT', 'destination port'],
])('calls the condition %s "%s"', (condition, text) => {
  expect(conditionText(condition)).toBe(text);
});
