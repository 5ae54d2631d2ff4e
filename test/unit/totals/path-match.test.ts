import { expect, it } from 'vitest';
import { type FlowKey, KEY_WORDS, packFlowKey } from '../../../core/policy/flow-key.ts';
import { isBelow, noPathCounts } from '../../../core/totals/path-counts.ts';
import { compilePaths, isSent, NO_PATH, type PathEnds, pathOfSlot } from '../../../core/totals/path-match.ts';

const PATHS: PathEnds[] = [
  { path_id: 'v4', local: { address: '192.0.2.1' }, remote: { address: '192.0.2.2' } },
  {
    path_id: 'from port',
    local: { address: '192.0.2.1', port: 4500 },
    remote: { address: '192.0.2.3' },
  },
  {
    path_id: 'to port',
    local: { address: '192.0.2.1' },
    remote: { address: '192.0.2.3', port: 4500 },
  },
  { path_id: 'v6', local: { address: '2001:db8::1' }, remote: { address: '2001:db8:1:2:3:4:5:6' } },
  { path_id: 'v6 near', local: { address: '2001:db8::1' }, remote: { address: '2001:db8:1:2:3:4:5:7' } },
  { path_id: 'v6 1 11', local: { address: '2001:db8::1' }, remote: { address: '2001:db8:0:1:0:b::' } },
  { path_id: 'v6 11 1', local: { address: '2001:db8::1' }, remote: { address: '2001:db8:0:b:0:1::' } },
  { path_id: 'v6 far', local: { address: '2001:db8::1:0:1' }, remote: { address: '2001:db8:1:2:3:4:5:6' } },
];

const matcher = compilePaths(PATHS, path_id => PATHS.findIndex(path => path.path_id === path_id))!;

/** The path of a flow as text, by its key behind others' words. */
function pathOf(flow: Pick<FlowKey, 'src' | 'dst'> & Partial<FlowKey>): string {
  const words = new Int32Array(3 * KEY_WORDS).fill(-1);
  const own = new Int32Array(KEY_WORDS);
  packFlowKey({ src_port: 50_000, dst_port: 50_001, protocol: 17, ...flow }, 0, own);
  words.set(own, KEY_WORDS);
  const slot = matcher.matchPacked(words, KEY_WORDS);
  return slot === NO_PATH
    ? 'none'
    : `${isSent(slot) ? 'sent' : 'received'} ${PATHS[pathOfSlot(slot)]!.path_id}`;
}

it.each([
  ['192.0.2.1', '192.0.2.2', {}, 'sent v4'],
  ['192.0.2.2', '192.0.2.1', {}, 'received v4'],
  ['192.0.2.2', '192.0.2.3', {}, 'none'],
  ['192.0.2.1', '192.0.2.3', { src_port: 4500 }, 'sent from port'],
  ['192.0.2.1', '192.0.2.3', { dst_port: 4500 }, 'sent to port'],
  ['192.0.2.1', '192.0.2.3', { src_port: 4501 }, 'none'],
  ['192.0.2.3', '192.0.2.1', { dst_port: 4500 }, 'received from port'],
  ['192.0.2.3', '192.0.2.1', { src_port: 4500 }, 'received to port'],
  ['192.0.2.1', '192.0.2.3', { src_port: 0, dst_port: 0 }, 'sent from port'],
  ['2001:db8::1', '2001:db8:1:2:3:4:5:6', {}, 'sent v6'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8::1', {}, 'received v6'],
  ['2001:db8::1', '2001:db8:1:2:3:4:5:7', {}, 'sent v6 near'],
  ['2001:db8::1:0:1', '2001:db8:1:2:3:4:5:6', {}, 'sent v6 far'],
  ['2001:db8::1', '2001:db8:0:1:0:b::', {}, 'sent v6 1 11'],
  ['2001:db8::1', '2001:db8:0:b:0:1::', {}, 'sent v6 11 1'],
  ['2001:db8::2', '2001:db8:1:2:3:4:5:6', {}, 'none'],
])('a flow from %s to %s with %o is %s', (src, dst, ports, expected) => {
  expect(pathOf({ src, dst, ...ports })).toBe(expected);
});

it('matches nothing without paths', () => {
  expect(compilePaths([], () => 0)).toBeUndefined();
});

it.each(['tx_packets', 'tx_bytes', 'rx_packets', 'rx_bytes'] as const)(
  'counts are below others by %s only',
  count => {
    const none = noPathCounts();
    expect(isBelow(none, { ...none, [count]: 1n })).toBe(true);
    expect(isBelow({ ...none, [count]: 1n }, none)).toBe(false);
    expect(isBelow(none, none)).toBe(false);
  },
);
