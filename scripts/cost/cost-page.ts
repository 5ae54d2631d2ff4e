import { dollars, markdownTable, percent } from '../markdown-table.ts';
import { billOf } from './bill.ts';
import { billTable, knobTable } from './bill-table.ts';
import {
  compareKnobs,
  type Knob,
  recommendedKnobs,
  THRIFTY_STEPS,
  thriftyKnobs,
  turned,
} from './compare-knobs.ts';
import { consoleDollars, consoleTable, sharedDollars } from './console-table.ts';
import { DEFAULT_SHAPE, describe } from './default-shape.ts';
import { WAIT_MS } from './drivers.ts';
import { type FunctionModel, functionModel } from './function-model.ts';
import type { NetworkShape } from './network-shape.ts';
import { PRICES, priceTable } from './prices.ts';
import { releaseTable } from './release-table.ts';
import type { Units } from './units.ts';

const SIZES = [10, 100, 1000, 10_000, 100_000, 1_000_000];

/** docs/cost.md. */
export function costPage(units: Units): string {
  const model = functionModel(units);
  const shapes = [{ ...DEFAULT_SHAPE, flows: 0 }, DEFAULT_SHAPE];
  const { shape, minutes } = units.reference;
  const bill = billOf(DEFAULT_SHAPE, model, units);
  const advice = recommendedKnobs(DEFAULT_SHAPE, model, units);
  return `# What it costs

\`npm run cost -- --edges 1000 --policies 20 --interval 60 --paths 2 --flows 100\` prints the bill of a month, with the recommended settings for that size and
with the given ones; \`--compare\` adds what each setting would save, \`--json\` prints every row. \`npm run generate\` makes this page with it. List prices
of ${PRICES.region} in US dollars (${PRICES.as_of}), a month of 30 days, no free tier.

${leadTable(shapes, model, units)}

We recommend settings that save money without delaying the counters of a steady network, losing durability or showing less:
${advice.map(({ knob, instead }) => `\`${knob}\`: ${instead}.`).join('\n') || 'at this size nothing.'} The value is the network's writes a second at 70 % use; take yours from \`npm run cost\`.

${shapes.map(shape => recommendedBill(shape, model, units)).join('\n\n')}

${shapes.map(shape => `## ${describe(shape)}, every setting at its default\n\n${billTable(billOf(shape, model, units))}`).join('\n\n')}

## By size

Dollars an edge and month.

${sizeTable(model, units)}

Shards are as many as the reports need.

## An open console

An hour of a console that shows its first page costs ${dollars(consoleDollars(DEFAULT_SHAPE, model, units))} dollars beside ${DEFAULT_SHAPE.edges.toLocaleString('en')} edges, with tables billed by request. It sends a query a minute and receives figures every ten seconds.

${consoleTable(DEFAULT_SHAPE, model, units)}

Measured over ${units.console.console.minutes} simulated minutes beside ${units.console.shape.edges} edges. One function publishes figures to all consoles:
${percent(sharedDollars(DEFAULT_SHAPE, model, units) / consoleDollars(DEFAULT_SHAPE, model, units))} of an hour is paid once for any number of consoles.

## What each setting saves

Savings on the bill with flows and default settings, with one setting changed at a time.

${knobTable(compareKnobs(DEFAULT_SHAPE, model, units), bill)}

One after another, for the network without flows and with them:

${thriftTable(shapes, model, units)}

## Compared with the last release

${shape.edges} simulated edges with ${shape.policies} policies and ${shape.paths} paths each, a report each ${shape.interval_s} s and a window of ${shape.window_s} s, ${timeOf(minutes)} of simulated time.
${releaseNote(units)}

${releaseTable(units)}

## The model

\`npm run measure-units\` simulates networks of several shapes in simulated time: the handlers as they are deployed, on DynamoDB Local, with every client counted.
It writes \`bench/units.json\`. The model (\`scripts/cost/function-model.ts\`) finds the use of a batch, a report, a lane, a path and so on by least squares over those
shapes, and a test compares it with the measurements. The assumptions of the model:

- **Units of DynamoDB** are those in its answers, and by the published rule for transactions and for reads that find nothing.
- **A Lambda call lasts** as long as its CPU here, on the share of a CPU that its memory has (1,769 MB are one), and ${WAIT_MS} ms for each time that it waits for a service.
- **Every edge has its own credentials**, for which the encrypted stream calls KMS every five minutes. Functions cause the same at the tables.
- **Paths are steady**: 20 to 60 ms that vary by a tenth, one lost probe in a thousand. Paths that change class are written more often.
- **Half of a report's flows are new**, and the others continue.
- **History is full**: minutes of 48 hours, hours of 90 days, days of two years.
- **A day has changes**: ${DEFAULT_SHAPE.edits_a_day} edits of policies, and ${dayFailures()} failures of a path for each 200 edges, with the reactions of edges and functions.

Not included: requests of people apart from open consoles (a query is some millionths of a dollar), exports (a million flows are a third of a cent of Lambda), support plans and
taxes. Signing in is free up to 10,000 people a month.

## Prices

${priceTable()}
`;
}

function recommendedBill(shape: NetworkShape, model: FunctionModel, units: Units): string {
  const knobs = recommendedKnobs(shape, model, units);
  const settings = knobs.map(({ knob }) => `\`${knob}\``).join(', ') || 'nothing to set';
  return `## ${describe(shape)}, as we recommend\n\nSet: ${settings}.\n\n${billTable(billOf(turned(shape, knobs), model, units))}`;
}

function leadTable(shapes: readonly NetworkShape[], model: FunctionModel, units: Units): string {
  const rows = shapes.map(shape => {
    const knobs = recommendedKnobs(shape, model, units);
    const advised = billOf(turned(shape, knobs), model, units);
    const { total, an_edge } = billOf(shape, model, units);
    return [describe(shape), ...[advised.total, advised.an_edge, total, an_edge].map(dollars)];
  });
  return markdownTable(
    [
      { heading: 'network' },
      { heading: 'recommended', right: true },
      { heading: 'an edge', right: true },
      { heading: 'by default', right: true },
      { heading: 'an edge', right: true },
    ],
    rows,
  );
}

function sizeTable(model: FunctionModel, units: Units): string {
  const row = (edges: number): string[] => {
    const [without, withFlows] = [0, DEFAULT_SHAPE.flows].map(flows => ({ ...DEFAULT_SHAPE, edges, flows }));
    const cost = (shape: NetworkShape, knobs: readonly Knob[] = []) =>
      dollars(billOf(turned(shape, knobs), model, units).an_edge);
    const advice = recommendedKnobs(withFlows!, model, units);
    return [
      edges.toLocaleString('en'),
      advice.map(({ knob }) => `\`${knob}\``).join(', ') || 'nothing',
      cost(without!, recommendedKnobs(without!, model, units)),
      cost(withFlows!, advice),
      cost(without!),
      cost(withFlows!),
    ];
  };
  return markdownTable(
    [
      { heading: 'edges', right: true },
      { heading: 'we recommend, with flows' },
      { heading: 'without flows', right: true },
      { heading: 'with flows', right: true },
      { heading: 'by default, without flows', right: true },
      { heading: 'with flows', right: true },
    ],
    SIZES.map(row),
  );
}

function thriftTable(shapes: readonly NetworkShape[], model: FunctionModel, units: Units): string {
  const row = (steps: number): string[] => {
    const costs = shapes.map(shape =>
      dollars(billOf(turned(shape, thriftyKnobs(shape, model, steps)), model, units).an_edge),
    );
    const knobs = thriftyKnobs(shapes.at(-1)!, model, steps);
    return [knobs.map(({ knob }) => `\`${knob}\``).join(' ') || 'nothing', ...costs];
  };
  return markdownTable(
    [
      { heading: 'set' },
      { heading: 'an edge without flows', right: true },
      { heading: 'with flows', right: true },
    ],
    Array.from({ length: THRIFTY_STEPS + 1 }, (_, steps) => row(steps)),
  );
}

function timeOf(minutes: number): string {
  return minutes % 60 === 0 ? `${minutes / 60} hours` : `${minutes} minutes`;
}

function dayFailures(): number {
  return Math.round(DEFAULT_SHAPE.failures_a_day * 200);
}

const DAY_MINUTES = 24 * 60;

/** The changes during the measurement, and the differences between the two measurements. */
function releaseNote({ reference, last_release }: Units): string {
  const { minutes, changes } = reference;
  const happened =
    changes.edits + changes.failures + changes.silences === 0
      ? ''
      : `In that time people edited policies (${changes.edits}), paths failed for 20 minutes (${changes.failures}), and edges were silent for an hour (${changes.silences}).`;
  const whole =
    minutes > 60 && minutes < DAY_MINUTES
      ? 'It is the longest run that was made yet; `npm run measure-units -- --reference --day` makes a whole day.'
      : '';
  const last = last_release.reference.minutes;
  const compares =
    last === minutes
      ? ''
      : `The last release was measured for ${timeOf(last)}, without such changes, its broadcast and its live figures. All is given an edge and hour, so that the two compare all the same.`;
  return [happened, whole, compares].filter(text => text !== '').join('\n');
}
