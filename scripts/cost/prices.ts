import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { markdownTable } from '../markdown-table.ts';

const priceTableSchema = z.object({
  region: z.string(),
  as_of: z.string(),
  note: z.string(),
  prices: z.array(
    z.object({
      id: z.string(),
      service: z.string(),
      unit: z.string(),
      dollars: z.number().positive(),
      /** The provider's own page of it. */
      source: z.url(),
      /**
       * A page that was read and has this figure; null: none was found, the figure is from memory.
       */
      confirmed_by: z.url().nullable(),
    }),
  ),
});

export type PriceTable = z.output<typeof priceTableSchema>;
export type Price = PriceTable['prices'][number];

/** The list prices of the bill. */
export const PRICES: PriceTable = priceTableSchema.parse(
  JSON.parse(readFileSync(new URL('prices.json', import.meta.url), 'utf8')),
);

/** @throws Error when the table has no such price */
export function priceOf(id: string): Price {
  const price = PRICES.prices.find(one => one.id === id);
  if (!price) throw new Error(`scripts/cost/prices.json has no price "${id}".`);
  return price;
}

/** The size of the unit of a price: 1,000,000 for `million write units`. */
export function countOfUnit({ unit }: Price): number {
  if (unit.startsWith('million ')) return 1_000_000;
  const [count] = /^[\d,]+(?= )/.exec(unit) ?? ['1'];
  return Number(count.replaceAll(',', ''));
}

/** Every price with its source. */
export function priceTable(): string {
  return markdownTable(
    [
      { heading: 'service' },
      { heading: 'unit' },
      { heading: 'dollars', right: true },
      { heading: 'source' },
      { heading: 'confirmed by' },
    ],
    PRICES.prices.map(({ service, unit, dollars, source, confirmed_by }) => [
      service,
      unit,
      String(dollars),
      `<${source}>`,
      confirmed_by === null ? 'not confirmed' : confirmed_by === source ? 'the same' : `<${confirmed_by}>`,
    ]),
  );
}
