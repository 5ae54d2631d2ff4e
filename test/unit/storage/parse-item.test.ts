import { expect, it } from 'vitest';
import { z } from 'zod';
import { BrokenItem, parseItem } from '../../../core/storage/parse-item.ts';

const schema = z.object({ pk: z.string(), sk: z.string(), size: z.number() });

it('reads an item and leaves out attributes that its schema does not name', () => {
  expect(parseItem(schema, { pk: 'P', sk: 'S', size: 1, later: 2 })).toEqual({ pk: 'P', sk: 'S', size: 1 });
});

it('names a broken item, with what is wrong as the cause', () => {
  const read = () => parseItem(schema, { pk: 'P', sk: 'S', size: 'large' });
  expect(read).toThrow(BrokenItem);
  expect(read).toThrow('The stored item P S can not be read.');
  try {
    read();
  } catch (error) {
    expect((error as Error).cause).toBeInstanceOf(z.ZodError);
  }
});
