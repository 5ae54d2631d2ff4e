// `npm run measure-units`: simulates networks of several shapes, each in a separate process, and
// writes their use to bench/units.json, the input of the bill and of docs/scale.md. `-- --day`
// simulates a whole day of 200 edges instead of ten minutes, and writes the figures after each
// hour; `-- --reference` simulates only the network for comparing releases; `-- --release NAME`
// writes the figures as those of the last release.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { deployedFacts } from './usage/deployed-facts.ts';
import type { Shape } from './usage/fleet.ts';
import {
  CONSOLE_MINUTES,
  LARGE,
  LARGE_MINUTES,
  REFERENCE,
  REFERENCE_MINUTES,
  SHAPE_CONSOLE_MINUTES,
  SHAPE_MINUTES,
  SHAPES,
} from './usage/measured-shapes.ts';
import { type RunOptions, runSimulation } from './usage/run-simulation.ts';
import type { SimulatedUsage } from './usage/simulated-usage.ts';

const DAY_MINUTES = 1440;
const FILE = join(import.meta.dirname, 'units.json');

const { values } = parseArgs({
  options: { day: { type: 'boolean' }, reference: { type: 'boolean' }, release: { type: 'string' } },
});
const { broadcast_filters: _, ...facts } = deployedFacts();
const machine = { node: process.version, cpu: cpus()[0]?.model ?? 'unknown', ...facts };
const minutes = values.day ? DAY_MINUTES : REFERENCE_MINUTES;

if (values.release !== undefined) {
  const reference = await simulate(REFERENCE, minutes);
  write({ last_release: { release: values.release, ...measured(), reference } });
} else {
  if (!values.reference) await measureShapes();
  const onHour = (reference: SimulatedUsage) => {
    console.error(`${reference.minutes / 60} hours`);
    write({ ...measured(), reference });
  };
  const reference = await simulate(REFERENCE, minutes, { onHour });
  write({ ...measured(), reference });
}

async function measureShapes(): Promise<void> {
  const shapes: object[] = [];
  for (const shape of SHAPES) {
    const options = { console_minutes: SHAPE_CONSOLE_MINUTES };
    shapes.push(figuresOf(await simulate(shape, SHAPE_MINUTES, options)));
  }
  write({ ...measured(), shapes });
  const hour = { console_minutes: CONSOLE_MINUTES };
  write({ console: figuresOf(await simulate(REFERENCE, CONSOLE_MINUTES, hour)) });
  write({ large: figuresOf(await simulate(LARGE, LARGE_MINUTES)) });
}

function measured(): object {
  return { measured_at: new Date().toISOString(), ...machine };
}

/** Replaces the figures with the same names in the file. */
function write(figures: object): void {
  const known = existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : {};
  writeFileSync(FILE, `${JSON.stringify({ ...known, ...figures }, null, 2)}\n`);
}

/** The figures of a simulation that the model needs. */
function figuresOf({ metrics: _, by_item: __, ...figures }: SimulatedUsage): object {
  return figures;
}

function simulate(shape: Shape, minutes: number, options?: RunOptions): Promise<SimulatedUsage> {
  console.error(`${JSON.stringify(shape)}, ${minutes} minutes …`);
  return runSimulation(shape, minutes, options);
}
