import { isDeepStrictEqual } from 'node:util';
import { billOf, WAIT_MS } from './bill.ts';
import { billTable, knobTable } from './bill-table.ts';
import { compareKnobs, KNOBS, THRIFTY } from './compare-knobs.ts';
import { DEFAULT_SHAPE, describe } from './default-shape.ts';
import { type FunctionModel, functionModel } from './function-model.ts';
import { dollars, markdownTable } from './markdown-table.ts';
import type { NetworkShape } from './network-shape.ts';
import { PRICES } from './prices.ts';
import { releaseTable } from './release-table.ts';
import type { Units } from './units.ts';

const SIZES = [10, 100, 1000, 10_000, 100_000, 1_000_000];

/** docs/cost.md. */
export function costPage(units: Units): string {
  const model = functionModel(units);
  const withFlows = DEFAULT_SHAPE;
  const without = { ...DEFAULT_SHAPE, flows: 0 };
  const bill = billOf(withFlows, model, units);
  const { shape, minutes } = units.reference;
  return `# What it costs

\`npm run cost -- --edges 1000 --policies 20 --interval 60 --paths 2 --flows 100\` prints the bill of a month; \`--compare\` adds what each setting would save,
\`--json\` prints every row. \`npm run generate\` makes this page with it. List prices of ${PRICES.region} in US dollars (${PRICES.as_of}), a month of
30 days, no free tier.

## ${describe(without)}

${billTable(billOf(without, model, units))}

## ${describe(withFlows)}

${billTable(bill)}

## By size

${sizeTable(model, units)}

Shards are as many as the reports need, and every other setting is at its default.

## What each setting saves

Of the bill with flows, each changed alone.

${knobTable(compareKnobs(withFlows, model, units), bill)}

One after another, for the network without flows and with them:

${thriftTable(model, units)}

## Beside the last release

${shape.edges} simulated edges with ${shape.policies} policies and ${shape.paths} paths each, a report each ${shape.interval_s} s and a window of ${shape.window_s} s, ${minutes} minutes of simulated time.

${releaseTable(units)}

## How it is made

\`npm run measure-units\` simulates networks of several shapes in simulated time: the handlers as they are deployed, on DynamoDB Local, with every client counted.
It writes \`bench/units.json\`. The model (\`scripts/cost/function-model.ts\`) finds what a batch, a report, a lane, a path and so on use by least squares over those
shapes, and a test holds it to what was measured. What the model takes as given:

- **Units of DynamoDB** are what it answers, and the published rule for transactions and for reads that find nothing.
- **A Lambda call lasts** as long as its CPU here, on the share of a CPU that its memory has (1,769 MB are one), and ${WAIT_MS} ms for each time that it waits for a service.
- **Every edge has credentials of its own**, for which the encrypted stream asks KMS each five minutes. Functions do the same at the tables.
- **Paths are steady**: 20 to 60 ms that move by a tenth, one lost probe in a thousand. Paths that change class are written more often.
- **Half of a report's flows are new**, and the others go on.
- **History is full**: minutes of 48 hours, hours of 90 days, days of two years.
- **An open console** asks once a minute and hears of changes twice each ten seconds.

Not in it: what people do beside open consoles (a query is some millionths of a dollar), exports (a million flows are a third of a cent of Lambda), support plans and
taxes. Signing in is free up to 10,000 people a month.

## Prices

${priceTable()}
`;
}

function sizeTable(model: FunctionModel, units: Units): string {
  const row = (edges: number): string[] => {
    const of = (change: Partial<NetworkShape>) =>
      billOf({ ...DEFAULT_SHAPE, edges, ...change }, model, units);
    const [without, withFlows] = [of({ flows: 0 }), of({})];
    const figures = [without.total, without.an_edge, withFlows.total, withFlows.an_edge];
    return [edges.toLocaleString('en'), ...figures.map(dollars)];
  };
  return markdownTable(
    [
      { heading: 'edges', right: true },
      { heading: 'dollars without flows', right: true },
      { heading: 'an edge', right: true },
      { heading: 'dollars with flows', right: true },
      { heading: 'an edge', right: true },
    ],
    SIZES.map(row),
  );
}

function thriftTable(model: FunctionModel, units: Units): string {
  const steps = THRIFTY.map(
    (_, index) => Object.assign({}, ...THRIFTY.slice(0, index + 1)) as Partial<NetworkShape>,
  );
  const row = (name: string, change: Partial<NetworkShape>): string[] => {
    const cost = (flows: number) => billOf({ ...DEFAULT_SHAPE, ...change, flows }, model, units).an_edge;
    return [name, ...[0, DEFAULT_SHAPE.flows].map(flows => dollars(cost(flows)))];
  };
  const nameOf = (change: Partial<NetworkShape>) =>
    `\`${KNOBS.find(knob => isDeepStrictEqual(knob.change, change))!.knob}\``;
  return markdownTable(
    [
      { heading: 'set' },
      { heading: 'an edge without flows', right: true },
      { heading: 'with flows', right: true },
    ],
    [
      row('nothing', {}),
      ...steps.map((step, index) => row(`${index > 0 ? '… and ' : ''}${nameOf(THRIFTY[index]!)}`, step)),
    ],
  );
}

function priceTable(): string {
  return markdownTable(
    [{ heading: 'service' }, { heading: 'unit' }, { heading: 'dollars', right: true }, { heading: 'source' }],
    PRICES.prices.map(({ service, unit, dollars: price, source }) => [
      service,
      unit,
      String(price),
      `<${source}>`,
    ]),
  );
}
