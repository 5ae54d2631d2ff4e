import { type Deployed, type Driver, driversOf, HOURS_A_MONTH } from './drivers.ts';
import type { FunctionModel } from './function-model.ts';
import type { NetworkShape } from './network-shape.ts';
import { countOfUnit, priceOf } from './prices.ts';

/** A line of the bill. */
export interface BillRow {
  service: string;
  driver: string;
  /** How much of the price's unit a month, such as 29.4 of `million write units`. */
  quantity: number;
  unit: string;
  /** Dollars of one unit. */
  price: number;
  /** Dollars a month. */
  dollars: number;
}

export interface Bill {
  rows: BillRow[];
  /** Dollars a month. */
  total: number;
  /** Dollars an edge and month. */
  an_edge: number;
}

/** Values below this are rounding errors of the least squares. */
const NOTHING = 1e-6;

/** The bill of a month, from the model and the list prices. */
export function billOf(shape: NetworkShape, model: FunctionModel, deployed: Deployed): Bill {
  const drivers = driversOf(shape, model, deployed);
  const rows = (shape.provisioned_units > 0 ? byTheHour(drivers, shape.provisioned_units) : drivers)
    .filter(({ count }) => count > NOTHING)
    .map(({ price: id, driver, count }): BillRow => {
      const price = priceOf(id);
      const quantity = count / countOfUnit(price);
      const { service, unit, dollars } = price;
      return { service, driver, quantity, unit, price: dollars, dollars: quantity * dollars };
    });
  const total = rows.reduce((sum, { dollars }) => sum + dollars, 0);
  return { rows: rows.sort((a, b) => b.dollars - a.dollars), total, an_edge: total / shape.edges };
}

/** The target use of a table that is billed by the hour: lib/data-stack.ts. */
export const PROVISIONED_USE = 0.7;
/** Such a table has at least one read unit for this many write units. */
const WRITES_A_READ = 4;
const SECONDS_AN_HOUR = 3600;
/** Auto scaling keeps four alarms for each of two capacities: reads and writes of Traffic. */
const SCALING_ALARMS = 8;

/**
 * Converts units of Traffic into provisioned units an hour, at least the ones that were configured.
 */
function byTheHour(drivers: readonly Driver[], write_units: number): Driver[] {
  const rows = drivers.flatMap((one): Driver[] => {
    const { price, driver, count, of_traffic = 0 } = one;
    if (of_traffic === 0) return [one];
    return [
      { price: `${price}_hour`, driver, count: of_traffic / SECONDS_AN_HOUR / PROVISIONED_USE },
      { price, driver: `${driver}, other tables`, count: Math.max(0, count - of_traffic) },
    ];
  });
  const unused = (price: string, units: number): Driver => {
    const used = rows.filter(row => row.price === price).reduce((sum, { count }) => sum + count, 0);
    return { price, driver: 'units that are not used', count: Math.max(0, units * HOURS_A_MONTH - used) };
  };
  return [
    ...rows,
    unused('dynamodb_write_hour', write_units),
    unused('dynamodb_read_hour', Math.ceil(write_units / WRITES_A_READ)),
    { price: 'cloudwatch_alarm', driver: 'auto scaling', count: SCALING_ALARMS },
  ];
}
