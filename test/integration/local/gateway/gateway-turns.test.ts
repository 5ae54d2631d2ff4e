import fc from 'fast-check';
import { GraphQLID } from 'graphql';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WORK_LIMITS } from '../../../../local/gateway/limits.ts';
import { startTestGateway, type TestGateway } from '../../../support/gateway/test-gateway.ts';

interface Site {
  id: string;
  name: string;
  peers: Site[];
}

let server: TestGateway;
let sites: Site[] = [];
beforeAll(async () => {
  server = await startTestGateway({ answers: { 'Query.sites': () => ({ data: sites }) } });
});
afterAll(() => server.stop());

/** Sites with peers with peers, in the numbers of `sizes`. */
function tree([here = 0, ...below]: readonly number[], prefix = 's'): Site[] {
  return Array.from({ length: here }, (_, index) => {
    const id = `${prefix}.${index}`;
    return { id, name: 'n', peers: tree(below, id) };
  });
}

/** A selection of `width` ids at each level, so that every element has that number of fields. */
function selection(levels: number, width: number): string {
  const ids = Array.from({ length: width }, (_, index) => `a${index}: id`).join(' ');
  return levels === 1 ? `{ ${ids} }` : `{ ${ids} peers ${selection(levels - 1, width)} }`;
}

function projected(all: Site[], levels: number, width: number): object[] {
  return all.map(({ id, peers }) => ({
    ...Object.fromEntries(Array.from({ length: width }, (_, index) => [`a${index}`, id])),
    ...(levels > 1 && { peers: projected(peers, levels - 1, width) }),
  }));
}

describe('a long answer', () => {
  it('has the same form as a short one, and completes a bounded number of fields in a turn', async () => {
    const serialize = vi.spyOn(GraphQLID, 'serialize');
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(
          fc.integer({ min: 0, max: 60 }),
          fc.integer({ min: 0, max: 20 }),
          fc.integer({ min: 0, max: 8 }),
        ),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 12 }),
        async (sizes, levels, width) => {
          sites = tree(sizes.slice(0, levels));
          let inTurn = 0;
          let most = 0;
          serialize.mockImplementation(value => {
            most = Math.max(most, ++inTurn);
            return String(value);
          });
          let done = false;
          const nextTurn = (): void => {
            inTurn = 0;
            if (!done) setImmediate(nextTurn);
          };
          nextTurn();
          const answer = await server.query(`{ sites ${selection(levels, width)} }`);
          done = true;
          expect(answer).toEqual({ data: { sites: projected(sites, levels, width) } });
          // A turn ends with the piece that fills it; the test's own turn may come in the middle of
          // one.
          expect(most).toBeLessThanOrEqual(2 * (WORK_LIMITS.fieldsPerTurn + width + 1));
        },
      ),
      { numRuns: 60 },
    );
    serialize.mockRestore();
  });
});
