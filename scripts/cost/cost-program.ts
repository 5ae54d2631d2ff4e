import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { dollars } from '../markdown-table.ts';
import { billOf } from './bill.ts';
import { billTable, knobTable, serviceTable } from './bill-table.ts';
import { compareKnobs, recommendedKnobs, turned } from './compare-knobs.ts';
import { consoleDollars } from './console-table.ts';
import { DEFAULT_SHAPE, describe } from './default-shape.ts';
import { functionModel } from './function-model.ts';
import type { NetworkShape } from './network-shape.ts';
import { PRICES } from './prices.ts';
import { scaleTables } from './scale-page.ts';
import { readUnits } from './units.ts';

interface Choice {
  edges: number;
  policies: number;
  paths: number;
  flows: number;
  interval: number;
  window: number;
  retention: number;
  consoles: number;
  encryption: boolean;
  dashboard: boolean;
  firewall: boolean;
  requestLog: boolean;
  provisioned: number;
  json: boolean;
  compare: boolean;
  scale: boolean;
}

/** Runs the cost program and returns its exit code: 0 done, 2 bad usage. */
export function runCost(argv: readonly string[], print: (text: string) => void = console.log): number {
  const program = costCommand();
  try {
    program.parse([...argv], { from: 'user' });
  } catch (cause) {
    if (cause instanceof CommanderError) return cause.exitCode === 0 ? 0 : 2;
    throw cause;
  }
  const choice = program.opts<Choice>();
  const shape = shapeOf(choice);
  const units = readUnits();
  const model = functionModel(units);
  const bill = billOf(shape, model, units);
  const advice = recommendedKnobs(shape, model, units);
  const advised = billOf(turned(shape, advice), model, units);
  const settings = advice.map(({ knob }) => knob);
  const knobs = choice.compare ? compareKnobs(shape, model, units) : undefined;
  const console_hour = consoleDollars(shape, model, units);
  if (choice.json) {
    const compared = knobs?.map(({ knob, instead, saved }) => ({ knob, instead, saved }));
    const recommended = { settings, ...advised };
    print(
      JSON.stringify(
        { shape, ...bill, recommended, console_hour, ...(compared && { knobs: compared }) },
        null,
        2,
      ),
    );
    return 0;
  }
  print(`${describe(shape)}, ${PRICES.region}, list prices of ${PRICES.as_of}, a month of 30 days\n`);
  if (advice.length > 0) {
    print(`With the recommended settings for this size, ${settings.join(' ')}:\n`);
    print(billTable(advised));
    print(`\n${serviceTable(advised)}`);
    for (const { knob, instead } of advice) print(`\n${knob}: ${instead}.`);
    print('\nWith the given settings:\n');
  }
  print(billTable(bill));
  print(`\n${serviceTable(bill)}`);
  print(`\nAn open console costs ${dollars(console_hour)} dollars an hour.`);
  if (knobs) print(`\n${knobTable(knobs, bill)}`);
  if (choice.scale) print(`\n${scaleTables(units)}`);
  return 0;
}

function costCommand(): Command {
  const { edges, policies, paths, flows, interval_s, window_s, retention_hours, console_hours } =
    DEFAULT_SHAPE;
  return new Command('npm run cost --')
    .description(
      'The bill of a month by service and driver, from measured units (bench/units.json) and list prices (scripts/cost/prices.json).',
    )
    .option('--edges <n>', 'edges that report', wholeNumber({ min: 1, max: 10_000_000 }), edges)
    .option(
      '--policies <n>',
      'policies that an edge counts under',
      wholeNumber({ min: 1, max: 80 }),
      policies,
    )
    .option('--paths <n>', 'paths that an edge measures', wholeNumber({ max: 1024 }), paths)
    .option('--flows <n>', 'flows that a report lists; 0: no flow log', wholeNumber({ max: 2048 }), flows)
    .option(
      '--interval <s>',
      'seconds between two reports of an edge',
      wholeNumber({ min: 10, max: 3600 }),
      interval_s,
    )
    .option('--window <s>', 'ingest_window_seconds', wholeNumber({ max: 300 }), window_s)
    .option('--retention <h>', 'stream_retention_hours', wholeNumber({ min: 24, max: 8760 }), retention_hours)
    .option(
      '--consoles <h>',
      'hours a month that consoles are open',
      wholeNumber({ max: 1_000_000 }),
      console_hours,
    )
    .option('--no-encryption', 'encrypt_stream=false')
    .option('--no-dashboard', 'dashboard=false')
    .option('--firewall', 'firewall_requests above 0', false)
    .option('--request-log', 'request_log=true', false)
    .option('--provisioned <n>', 'provisioned_write_units', wholeNumber({ max: 40_000 }), 0)
    .option('--compare', 'also the saving of each setting if only it is changed', false)
    .option('--scale', 'also the capacity of each element', false)
    .option('--json', 'as JSON, including the smallest rows', false)
    .allowExcessArguments(false)
    .showHelpAfterError('(use --help for usage)')
    .exitOverride();
}

function shapeOf({
  edges,
  policies,
  paths,
  flows,
  interval,
  window,
  retention,
  consoles,
  encryption,
  dashboard,
  firewall,
  requestLog,
  provisioned,
}: Choice): NetworkShape {
  const { flow_hours, edits_a_day, failures_a_day } = DEFAULT_SHAPE;
  return {
    ...{ edges, policies, paths, flows, interval_s: interval, window_s: window },
    ...{ retention_hours: retention, encrypted: encryption, console_hours: consoles },
    ...{ dashboard, firewall, request_log: requestLog },
    ...{ provisioned_units: provisioned, flow_hours, edits_a_day, failures_a_day },
  };
}

function wholeNumber({ min = 0, max }: { min?: number; max: number }): (text: string) => number {
  return text => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}
