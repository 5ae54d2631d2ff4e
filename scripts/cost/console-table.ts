import { dollars, markdownTable, percent, shortNumber } from '../markdown-table.ts';
import { type BillRow, billOf } from './bill.ts';
import type { Deployed } from './drivers.ts';
import type { FunctionModel } from './function-model.ts';
import type { NetworkShape } from './network-shape.ts';

/** Enough hours that no row is too small for the table. */
const HOURS = 1000;

/** The cost of an hour of one open console in a network, by driver. */
export function consoleRows(shape: NetworkShape, model: FunctionModel, deployed: Deployed): BillRow[] {
  const { rows } = billOf({ ...shape, console_hours: HOURS }, model, deployed);
  return rows
    .filter(({ driver }) => driver.startsWith('consoles'))
    .map(row => ({ ...row, quantity: row.quantity / HOURS, dollars: row.dollars / HOURS }));
}

export function consoleDollars(shape: NetworkShape, model: FunctionModel, deployed: Deployed): number {
  return consoleRows(shape, model, deployed).reduce((sum, row) => sum + row.dollars, 0);
}

/**
 * The part of an hour's cost for publishing figures, which all consoles that are open at the same
 * time share.
 */
export function sharedDollars(shape: NetworkShape, model: FunctionModel, deployed: Deployed): number {
  return consoleRows(shape, model, deployed)
    .filter(({ driver, unit }) => driver === 'consoles: figures' && unit !== 'million real-time updates')
    .reduce((sum, row) => sum + row.dollars, 0);
}

export function consoleTable(shape: NetworkShape, model: FunctionModel, deployed: Deployed): string {
  const rows = consoleRows(shape, model, deployed);
  const total = rows.reduce((sum, row) => sum + row.dollars, 0);
  return markdownTable(
    [
      { heading: 'service' },
      { heading: 'driver' },
      { heading: 'an hour', right: true },
      { heading: 'unit' },
      { heading: 'dollars', right: true },
      { heading: 'share', right: true },
    ],
    rows
      .filter(row => row.dollars > total / 1000)
      .map(({ service, driver, quantity, unit, dollars: cost }) => [
        service,
        driver,
        shortNumber(quantity),
        unit,
        dollars(cost),
        percent(cost / total),
      ]),
  );
}
