import { dollars, markdownTable, percent, shortNumber } from '../markdown-table.ts';
import type { Bill } from './bill.ts';
import type { ComparedKnob } from './compare-knobs.ts';

/** Smaller rows are summed in the table; `--json` has all. */
const SMALL_SHARE = 0.002;

/** The bill by service and driver, most expensive first, and its total. */
export function billTable({ rows, total, an_edge }: Bill): string {
  const large = rows.filter(row => row.dollars >= total * SMALL_SHARE);
  const rest = rows.filter(row => row.dollars < total * SMALL_SHARE);
  const cells = large.map(row => [
    row.service,
    row.driver,
    shortNumber(row.quantity),
    row.unit,
    dollars(row.price),
    dollars(row.dollars),
    percent(row.dollars / total),
  ]);
  const small = rest.reduce((sum, row) => sum + row.dollars, 0);
  if (rest.length > 0) {
    cells.push(['all', `${rest.length} smaller ones`, '', '', '', dollars(small), percent(small / total)]);
  }
  cells.push(['**total**', `**${dollars(an_edge)} an edge**`, '', '', '', `**${dollars(total)}**`, '']);
  return markdownTable(
    [
      { heading: 'service' },
      { heading: 'driver' },
      { heading: 'a month', right: true },
      { heading: 'unit' },
      { heading: 'dollars a unit', right: true },
      { heading: 'dollars', right: true },
      { heading: 'share', right: true },
    ],
    cells,
  );
}

/** The bill by service. */
export function serviceTable({ rows, total }: Bill): string {
  const services = Map.groupBy(rows, ({ service }) => service);
  const sums = [...services]
    .map(([service, of]): [string, number] => [service, of.reduce((sum, row) => sum + row.dollars, 0)])
    .sort(([, a], [, b]) => b - a);
  return markdownTable(
    [{ heading: 'service' }, { heading: 'dollars', right: true }, { heading: 'share', right: true }],
    sums.map(([service, sum]) => [service, dollars(sum), percent(sum / total)]),
  );
}

/** The saving of each knob, largest first. */
export function knobTable(knobs: readonly ComparedKnob[], { total }: Bill): string {
  return markdownTable(
    [
      { heading: 'changed alone' },
      { heading: 'dollars saved', right: true },
      { heading: 'share', right: true },
      { heading: 'drawback' },
    ],
    knobs.map(({ knob, saved, instead }) => [`\`${knob}\``, dollars(saved), percent(saved / total), instead]),
  );
}
