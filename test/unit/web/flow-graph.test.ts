import fc from 'fast-check';
import { expect, it } from 'vitest';
import { flowGraph, STAGES, STAGES_OF_FLOWS, type Way } from '../../../web/pages/traffic/flow-graph.ts';

const id = fc.oneof(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'other', 'null'), fc.constant(null));
const ways: fc.Arbitrary<Way[]> = fc.array(
  fc.record({ ids: fc.tuple(id, id, id, id), bytes: fc.bigInt(0n, 2n ** 70n) }),
  { maxLength: 30 },
);

it('has all bytes in each stage and between stages, and shows the largest by name', () => {
  const stages = fc.constantFrom(STAGES, STAGES_OF_FLOWS);
  const property = fc.property(ways, fc.integer({ min: 1, max: 4 }), stages, (given, shown, stages) => {
    const { nodes, links } = flowGraph(given, shown, stages);
    const all = given.reduce((sum, { bytes }) => sum + bytes, 0n);
    expect(nodes.every(({ stage }) => stage < stages.length)).toBe(true);
    for (const stage of stages.keys()) {
      const own = nodes.filter(node => node.stage === stage);
      expect(own.reduce((sum, { bytes }) => sum + bytes, 0n)).toBe(all);
      expect(own.filter(node => node.id !== null).length).toBeLessThanOrEqual(shown + 1);
      const named = own.flatMap(node => (node.id === null ? [] : [node.bytes]));
      expect(named).toEqual(named.toSorted((a, b) => (a < b ? 1 : a > b ? -1 : 0)));
      const keys = new Set(own.map(({ key }) => key));
      if (stage === 0) continue;
      const coming = links.filter(({ target }) => keys.has(target));
      expect(coming.reduce((sum, { bytes }) => sum + bytes, 0n)).toBe(all);
    }
  });
  fc.assert(property);
});

it('draws one node above the limit by name, and sums up two more as the others', () => {
  const way = (site: string, bytes: bigint): Way => ({ ids: [site, '1', 'wan1'], bytes });
  const sites = (given: Way[]) => flowGraph(given, 1).nodes.filter(({ stage }) => stage === 0);
  expect(sites([way('a', 2n), way('b', 1n)]).map(({ id }) => id)).toEqual(['a', 'b']);
  expect(sites([way('a', 3n), way('b', 2n), way('c', 1n)]).map(({ id, bytes }) => [id, bytes])).toEqual([
    ['a', 3n],
    [null, 3n],
  ]);
});
