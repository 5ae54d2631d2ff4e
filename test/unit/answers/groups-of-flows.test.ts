import { expect, it } from 'vitest';
import { groupsOfFlows } from '../../../core/answers/groups-of-flows.ts';

const updated_at = '2026-01-31T12:00:00.000Z';
const networks = (name: string, ...members: string[]) => ({
  name,
  kind: 'NETWORKS' as const,
  members,
  updated_at,
});
const ports = (name: string, ...members: string[]) => ({ name, kind: 'PORTS' as const, members, updated_at });

const groups = groupsOfFlows([
  networks('Wide', '10.0.0.0/8', '2001:db8::/32'),
  networks('Twin', '10.1.0.0/16'),
  networks('Office', '10.1.0.0/16'),
  ports('High', '1024-65535'),
  ports('Web', '80', '443', '8000-8100'),
  ports('Proxy', '8000-8100', '8080'),
]);

it.each([
  ['10.1.2.3', 'Office'],
  ['10.2.0.1', 'Wide'],
  ['2001:db8::1', 'Wide'],
  ['192.0.2.9', null],
  ['other', null],
])('puts %s into the group of the longest prefix, or the first by name: %s', (address, name) => {
  expect(groups.ofAddress(address)).toBe(name);
});

it.each([
  [443, 'Web'],
  [8050, 'Proxy'],
  [8080, 'Proxy'],
  [2000, 'High'],
  [65_535, 'High'],
  [25, null],
])('puts port %i into the group of the narrowest range, or the first by name: %s', (port, name) => {
  expect(groups.ofPort(port)).toBe(name);
});
