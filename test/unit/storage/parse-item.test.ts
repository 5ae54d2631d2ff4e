import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { pathItemSchema, siteItemSchema } from '../../../core/inventory/model/site-items.ts';
import { BrokenItem, parseItem } from '../../../core/storage/parse-item.ts';

const SITE = {
  pk: 'SITE#1',
  sk: 'META',
  id: '1',
  name: 'Berlin',
  location: null,
  public_key: null,
  status: 'ACTIVE',
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-01T00:00:00.000Z',
  version: 3,
  seq: 2,
};

const PATH = {
  pk: 'SITE#1',
  sk: 'PATH#1.a',
  id: '1.a',
  source_site_id: '1',
  source_endpoint_id: 'wan1',
  destination_site_id: '2',
  destination_endpoint_id: 'wan1',
  created_at: '2026-01-01T00:00:00.000Z',
  rev: 'r',
};

describe('a stored item', () => {
  it('is read without its key and without unknown attributes', () => {
    const schema = z.object({ name: z.string() });
    expect(parseItem(schema, { pk: 'A', sk: 'B', name: 'x', later: 1 })).toEqual({ name: 'x' });
  });

  it('has the first life if it is of the first release', () => {
    expect(parseItem(siteItemSchema, SITE)).toMatchObject({ version: 3, life: 1 });
    expect(parseItem(pathItemSchema, PATH)).toMatchObject({
      source_life: 1,
      destination_life: 1,
      wg_interface: null,
    });
  });

  it('is named with the reason if it is broken', () => {
    const broken = { ...SITE, version: 'three' };
    expect(() => parseItem(siteItemSchema, broken)).toThrow(BrokenItem);
    expect(() => parseItem(siteItemSchema, broken)).toThrow(
      /^The item SITE#1 META can't be read: .*expected number, received string[\s\S]*version/,
    );
  });
});
