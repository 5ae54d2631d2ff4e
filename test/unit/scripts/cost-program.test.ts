import { expect, it, vi } from 'vitest';
import { runCost } from '../../../scripts/cost/cost-program.ts';

function run(...args: string[]): { code: number; out: string; err: string } {
  const printed: string[] = [];
  const errors = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    const code = runCost(args, text => printed.push(text));
    return { code, out: printed.join('\n'), err: errors.mock.calls.join('') };
  } finally {
    errors.mockRestore();
  }
}

it('prints the bill by driver and by service, and the total for an edge', () => {
  const { code, out } = run('--edges', '100', '--policies', '5', '--flows', '0');
  expect(code).toBe(0);
  expect(out.split('\n')[0]).toMatch(
    /^100 edges, 5 policies, 2 paths an edge, a report each 60 s, no flow log, us-east-1, list prices of \d{4}-\d\d, a month of 30 days$/,
  );
  expect(out).toMatch(/\| DynamoDB +\| ingest: lanes +\|/);
  expect(out).toMatch(/\| \*\*total\*\* +\| \*\*[\d.]+ an edge\*\* +\|/);
});

it('prints the same as JSON', () => {
  const { out } = run('--edges', '100', '--compare', '--json');
  const { shape, rows, total, knobs, recommended, console_hour } = JSON.parse(out);
  expect(recommended.settings).toEqual([expect.stringMatching(/^-c provisioned_write_units=\d+$/)]);
  expect(recommended.total).toBeLessThan(total);
  expect(console_hour).toBeGreaterThan(0);
  expect(shape).toMatchObject({
    edges: 100,
    policies: 20,
    paths: 2,
    flows: 100,
    interval_s: 60,
    window_s: 5,
  });
  expect(rows.reduce((sum: number, { dollars }: { dollars: number }) => sum + dollars, 0)).toBeCloseTo(
    total,
    6,
  );
  expect(knobs.length).toBeGreaterThan(3);
});

it('prints the recommended bill before the requested one', () => {
  const { out } = run('--edges', '1000');
  const totals = [...out.matchAll(/\*\*([\d.]+) an edge\*\*/g)].map(([, dollars]) => Number(dollars));
  expect(totals).toHaveLength(2);
  expect(totals[0]).toBeLessThan(totals[1]!);
  expect(out).toMatch(/recommended settings for this size, -c provisioned_write_units=\d+:/);
  expect(out).toMatch(/An open console costs [\d.]+ dollars an hour\./);
});

it('prints one bill if it has no recommendation', () => {
  const { out } = run('--edges', '2');
  expect([...out.matchAll(/an edge\*\*/g)]).toHaveLength(1);
});

it('prints the load on each element', () => {
  expect(run('--scale').out).toMatch(/\| report stream +\| 500 shards +\|/);
});

it.each([
  [['--edges', '0'], "argument '0' is invalid. It must be a whole number from 1 to 10000000."],
  [['--policies', '81'], "argument '81' is invalid. It must be a whole number from 1 to 80."],
  [['--interval', '1.5'], "argument '1.5' is invalid. It must be a whole number from 10 to 3600."],
  [['--retention', 'long'], "argument 'long' is invalid. It must be a whole number from 24 to 8760."],
  [['--colour'], "unknown option '--colour'"],
])('rejects %j', (args, message) => {
  const { code, err } = run(...args);
  expect(code).toBe(2);
  expect(err).toContain(message);
});
