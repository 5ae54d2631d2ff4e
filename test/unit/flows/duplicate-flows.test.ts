import { describe, expect, it } from 'vitest';
import { ValidationError } from '../../../core/errors.ts';
import { DuplicateFlows } from '../../../core/flows/duplicate-flows.ts';
import type { FlowRecord } from '../../../core/totals/flow-record.ts';
import { OTHER_FLOWS } from '../../../core/totals/other-flows.ts';
import { makeFlow } from '../../support/flow-records.ts';

const MB = 1_000_000n;
const time = (minute: number, second = 0) =>
  new Date(Date.UTC(2026, 0, 31, 12, minute, second)).toISOString();
const large = (given: Partial<FlowRecord> = {}) => makeFlow({ bytes: MB, ...given });

function pairsOf(...reports: [edge_id: string, flows: FlowRecord[]][]) {
  const found = new DuplicateFlows();
  for (const [edge_id, flows] of reports) found.add({ edge_id, flows });
  return found.pairs();
}

describe('two edges that capture the same packets', () => {
  it('are found by their large flows, under any policy and endpoint', () => {
    const other = { policy_id: '9', endpoint_id: 'wan2' };
    const flows = [large(), large({ src_port: 7, bytes: 3n * MB })];
    const seen = [
      large({ ...other, bytes: 800_000n }),
      large({ ...other, bytes: 200_000n }),
      large({ ...other, src_port: 7, bytes: 2_900_000n }),
    ];
    expect(pairsOf(['b', flows], ['a', seen])).toEqual([
      { edge_ids: ['a', 'b'], flows: 2, bytes: 3_900_000n },
    ]);
  });

  it('are found over all reports of the window, although their reports end at different times', () => {
    const first = { first: time(0), last: time(0, 50) };
    const second = { first: time(1), last: time(1, 50) };
    expect(
      pairsOf(
        ['a', [large({ ...first, bytes: 600_000n })]],
        ['b', [large({ ...first, bytes: 1_200_000n })]],
        ['a', [large({ ...second, bytes: 600_000n })]],
      ),
    ).toEqual([{ edge_ids: ['a', 'b'], flows: 1, bytes: 1_200_000n }]);
  });

  it('are listed as pairs of three edges, the most bytes first', () => {
    const both = large({ src_port: 1 });
    const pairs = pairsOf(['c', [large(), both]], ['b', [large(), both]], ['a', [large()]]);
    expect(pairs.map(({ edge_ids, bytes }) => [edge_ids.join(), bytes])).toEqual([
      ['b,c', 2n * MB],
      ['a,b', MB],
      ['a,c', MB],
    ]);
  });
});

describe('no pair is found', () => {
  it.each<[string, FlowRecord, FlowRecord]>([
    ['of other addresses', large(), large({ src: '10.1.2.4' })],
    ['of other ports', large(), large({ src_port: 1 })],
    ['of another protocol', large(), large({ protocol: 17 })],
    ['of the reverse direction', large({ dst: '10.1.2.4' }), large({ src: '10.1.2.4', dst: '10.1.2.3' })],
    ['of other sizes', large(), large({ bytes: 1_250_001n })],
    ['of small flows', large({ bytes: MB - 1n }), large({ bytes: MB - 1n })],
    [
      'of summed flows',
      large({ src: OTHER_FLOWS, dst: OTHER_FLOWS }),
      large({ src: OTHER_FLOWS, dst: OTHER_FLOWS }),
    ],
    [
      'of a flow that moved to the other edge',
      large({ first: time(0), last: time(1) }),
      large({ first: time(1, 1), last: time(2) }),
    ],
  ])('%s', (_, one, other) => {
    expect(pairsOf(['a', [one]], ['b', [other]])).toEqual([]);
  });

  it('of a single edge', () => {
    expect(pairsOf(['a', [large()]], ['a', [large()]])).toEqual([]);
  });

  it('of sizes that differ by more than exactly a fifth', () => {
    expect(pairsOf(['a', [large()]], ['b', [large({ bytes: 1_250_000n })]])).toHaveLength(1);
  });
});

it('rejects more large flows than fit, and accepts any number of small ones', () => {
  const flows = (bytes: bigint) => [1, 2, 3].map(src_port => large({ src_port, bytes }));
  const found = new DuplicateFlows({ maxFlows: 2 });
  found.add({ edge_id: 'a', flows: flows(9999n) });
  expect(() => found.add({ edge_id: 'a', flows: flows(10_000n) })).toThrow(ValidationError);
});
