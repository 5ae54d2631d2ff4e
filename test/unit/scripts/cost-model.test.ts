import { describe, expect, it } from 'vitest';
import { billOf } from '../../../scripts/cost/bill.ts';
import { compareKnobs, recommendedKnobs, thriftyKnobs, turned } from '../../../scripts/cost/compare-knobs.ts';
import { consoleDollars, consoleRows } from '../../../scripts/cost/console-table.ts';
import { DEFAULT_SHAPE } from '../../../scripts/cost/default-shape.ts';
import { functionModel } from '../../../scripts/cost/function-model.ts';
import { leastSquares } from '../../../scripts/cost/least-squares.ts';
import { comparedWithModel } from '../../../scripts/cost/model-check.ts';
import { edgesOfShard, type NetworkShape, reportFlowOf } from '../../../scripts/cost/network-shape.ts';
import { countOfUnit, PRICES, priceOf } from '../../../scripts/cost/prices.ts';
import { compareReleases } from '../../../scripts/cost/release-table.ts';
import { elementsAtScale } from '../../../scripts/cost/scale.ts';
import { readUnits } from '../../../scripts/cost/units.ts';

const units = readUnits();
const model = functionModel(units);
const billFor = (change: object) => billOf({ ...DEFAULT_SHAPE, ...change }, model, units);
const recommendedFor = (change: object) => {
  const shape = { ...DEFAULT_SHAPE, ...change };
  return billOf(turned(shape, recommendedKnobs(shape, model, units)), model, units);
};

describe('least squares over parts', () => {
  it('finds the use of each part', () => {
    const used = ([a, b]: number[]) => 5 + 2 * a! + 0.25 * b!;
    const parts = [
      [1, 10],
      [2, 10],
      [3, 40],
      [5, 1],
      [0, 7],
    ];
    const found = leastSquares(parts.map(each => ({ parts: [1, ...each], used: used(each) })));
    expect(found.map(value => Number(value.toFixed(6)))).toEqual([5, 2, 0.25]);
  });

  it('finds no part below zero', () => {
    const observations = [1, 2, 3].map(n => ({ parts: [1, n], used: 10 - n }));
    expect(Math.min(...leastSquares(observations))).toBe(0);
  });
});

describe('the flow of reports', () => {
  it('shares the counters of a transaction among as many lanes as fit', () => {
    const flow = reportFlowOf({ ...DEFAULT_SHAPE, window_s: 60 }, { record_bytes: 1000 });
    expect(flow).toEqual({ reports: 1000, shards: 1, batch: 1000, batches: 1, transactions: 13 });
  });

  it.each([
    ['records', { policies: 20 }, 500, 60_000],
    ['bytes', { policies: 20 }, 4000, 15_000],
    ['counters', { policies: 80 }, 500, 7500],
  ])('fills a shard by %s', (_what, change, record_bytes, edges) => {
    expect(edgesOfShard({ ...DEFAULT_SHAPE, ...change }, { record_bytes })).toBe(edges);
  });
});

describe('the model', () => {
  it.each(units.shapes.map(one => [JSON.stringify(one.shape), one] as const))(
    'predicts the use of %s',
    (_shape, measured) => {
      const writes = comparedWithModel(units, measured).filter(({ name }) => /ingest|snapshot/.test(name));
      for (const { name, ratio } of writes.filter(one => /write units/.test(one.name))) {
        expect(ratio, name).toBeGreaterThan(0.85);
        expect(ratio, name).toBeLessThan(1.15);
      }
    },
  );

  it('predicts the use of a network ten times as large as the largest of them', () => {
    const compared = comparedWithModel(units, units.large!).filter(({ name }) =>
      /^(ingest|snapshot), write/.test(name),
    );
    expect(compared).toHaveLength(2);
    for (const { name, ratio } of compared) {
      expect(ratio, name).toBeGreaterThan(0.8);
      expect(ratio, name).toBeLessThan(1.2);
    }
  });
});

describe('the bill', () => {
  it('is the sum of its rows, each with a quantity and a price of the table', () => {
    const { rows, total, an_edge } = billFor({});
    for (const { quantity, price, dollars } of rows) expect(dollars).toBeCloseTo(quantity * price, 9);
    expect(rows.reduce((sum, { dollars }) => sum + dollars, 0)).toBeCloseTo(total, 6);
    expect(an_edge).toBe(total / DEFAULT_SHAPE.edges);
  });

  it('is under 0.15 dollars an edge without flows and 0.20 with them, with the recommended settings', () => {
    expect(recommendedFor({ flows: 0 }).an_edge).toBeLessThan(0.15);
    expect(recommendedFor({}).an_edge).toBeLessThan(0.2);
  });

  it('recommends write units for a use of 70 %, and no setting without savings', () => {
    const [knob, ...others] = recommendedKnobs(DEFAULT_SHAPE, model, units);
    expect(others).toEqual([]);
    const used = [...model.usageOf(DEFAULT_SHAPE).values()];
    const a_second = used.reduce((sum, { traffic_write_units }) => sum + traffic_write_units, 0) / 60;
    const { provisioned_units = 0 } = knob!.change;
    expect(knob!.knob).toBe(`-c provisioned_write_units=${provisioned_units}`);
    expect(provisioned_units * 0.7).toBeGreaterThanOrEqual(a_second);
    expect((provisioned_units - 10) * 0.7).toBeLessThan(a_second);
    expect(recommendedKnobs({ ...DEFAULT_SHAPE, edges: 2 }, model, units)).toEqual([]);
    // Auto scaling stops at the quota of a table.
    expect(recommendedKnobs({ ...DEFAULT_SHAPE, edges: 1_000_000 }, model, units)).toEqual([]);
  });

  it('includes provisioned units, even if they are not used', () => {
    const { rows } = billFor({ edges: 10, provisioned_units: 1000 });
    const quantity = (wanted: string) =>
      rows.filter(({ unit }) => unit === wanted).reduce((sum, row) => sum + row.quantity, 0);
    expect(quantity('1,000 provisioned write units for an hour')).toBeCloseTo(720, 6);
    expect(quantity('1,000 provisioned read units for an hour')).toBeCloseTo(180, 6);
  });

  it('bills the other tables by request if Traffic is billed by the hour', () => {
    const requests = (rows: ReturnType<typeof billFor>['rows']) =>
      rows
        .filter(({ unit }) => unit === 'million write units')
        .reduce((sum, { quantity }) => sum + quantity, 0);
    const all = requests(billFor({}).rows);
    const others = requests(billFor({ provisioned_units: 10 }).rows);
    expect(others).toBeGreaterThan(0);
    expect(others).toBeLessThan(all / 10);
  });

  it('is under 0.10 dollars an edge without flows, with every setting that saves without loss of figures', () => {
    const shape = { ...DEFAULT_SHAPE, flows: 0 };
    const { an_edge } = billOf(turned(shape, thriftyKnobs(shape, model)), model, units);
    expect(an_edge).toBeLessThan(0.1);
  });

  it('is under 0.22 dollars an edge without flows and 0.23 with them, with the default settings', () => {
    expect(billFor({ flows: 0 }).an_edge).toBeLessThan(0.22);
    expect(billFor({}).an_edge).toBeLessThan(0.23);
  });

  it('never rises for a single edge when the network grows', () => {
    const costs = [10, 100, 1000, 100_000, 1_000_000].map(edges => billFor({ edges }).an_edge);
    expect(costs).toEqual(costs.toSorted((a, b) => b - a));
  });

  it('uses every price of the table, and knows its source', () => {
    const used = new Set(
      billFor({ console_hours: 10, retention_hours: 200, firewall: true }).rows.map(({ unit }) => unit),
    );
    for (const { unit } of billFor({ provisioned_units: 10 }).rows) used.add(unit);
    const unused = PRICES.prices.filter(({ unit }) => !used.has(unit)).map(({ id }) => id);
    // The job of the flow log reads only after an hour has ended.
    expect(unused.filter(id => id !== 's3_get')).toEqual([]);
    expect(() => priceOf('gold')).toThrow('scripts/cost/prices.json has no price "gold".');
  });

  it.each([
    ['dynamodb_write', 1_000_000],
    ['kms_request', 10_000],
    ['s3_put', 1000],
    ['kinesis_shard', 1],
  ])('counts the unit of %s as %d', (id, count) => {
    expect(countOfUnit(priceOf(id))).toBe(count);
  });

  it('includes the firewall and the request log if they exist, by the requests to the API', () => {
    const rowsOf = (change: Partial<NetworkShape>) =>
      billFor({ console_hours: 10, ...change }).rows.filter(
        ({ service, driver }) =>
          service === 'WAF' || (service === 'CloudWatch' && driver === 'requests to the API'),
      );
    expect(rowsOf({})).toEqual([]);
    const [requests, ...fixed] = rowsOf({ firewall: true }).toSorted((a, b) => a.price - b.price);
    expect(fixed.map(({ dollars }) => dollars)).toEqual([3, 5]);
    const [logged] = rowsOf({ request_log: true }).toSorted((a, b) => b.price - a.price);
    // A kilobyte each.
    expect(logged!.quantity).toBeCloseTo(requests!.quantity, 6);
    expect(requests!.quantity).toBeGreaterThan(0);
  });

  it('shows the savings of a single setting', () => {
    const knobs = compareKnobs(DEFAULT_SHAPE, model, units);
    const window = knobs.find(({ knob }) => knob === '-c ingest_window_seconds=60')!;
    expect(window.saved).toBeCloseTo(billFor({}).total - billFor({ window_s: 60 }).total, 6);
    expect(window.saved).toBeGreaterThan(0);
    const none = compareKnobs({ ...DEFAULT_SHAPE, flows: 0 }, model, units);
    expect(none.map(({ knob }) => knob)).not.toContain('-c flow_log_ttl_hours=0');
  });
});

describe('an open console', () => {
  it('is measured over an hour, with its requests, its publications and both functions', () => {
    const drivers = new Set(consoleRows(DEFAULT_SHAPE, model, units).map(({ driver }) => driver));
    for (const driver of ['consoles', 'consoles: requests', 'consoles: answers', 'consoles: figures']) {
      expect(drivers).toContain(driver);
    }
    const { minutes, requests, publications } = units.console.console;
    expect(minutes).toBe(60);
    // One a minute, and the requests at the start.
    expect(requests).toBeGreaterThanOrEqual(60);
    expect(requests).toBeLessThan(70);
    expect(publications.requests).toBeGreaterThanOrEqual(6 * 59);
  });

  it('costs a few cents an hour, and is in the bill for its hours', () => {
    const dollars = consoleDollars(DEFAULT_SHAPE, model, units);
    expect(dollars).toBeGreaterThan(0.005);
    expect(dollars).toBeLessThan(0.1);
    expect(billFor({ console_hours: 10 }).total - billFor({}).total).toBeCloseTo(10 * dollars, 6);
  });
});

describe('compared with the last release', () => {
  it('uses no more of any unit', () => {
    const worse = compareReleases(units).filter(({ ratio }) => ratio !== null && ratio > 1.02);
    expect(worse).toEqual([]);
  });
});

describe('at a large scale', () => {
  it('has no limit below a million edges, except quotas and settings that can be raised', () => {
    const ends = elementsAtScale(DEFAULT_SHAPE, model, units).filter(
      ({ raised, stops_at }) => !raised && stops_at < 1_000_000,
    );
    expect(ends).toEqual([]);
  });
});
