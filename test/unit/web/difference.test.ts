import { describe, expect, it } from 'vitest';
import { differences } from '../../../web/pages/changes/difference.ts';

const json = JSON.stringify;

describe('the difference of two states', () => {
  it('lists changed fields, inner ones with their path', () => {
    const before = { name: 'Voice', priority: 5, match: { protocol: 17, source_port: 53 }, updated_at: 'a' };
    const after = { name: 'Voice', priority: 7, match: { protocol: 6 }, updated_at: 'b' };
    expect(differences(json(before), json(after))).toEqual([
      { field: 'priority', before: '5', after: '7' },
      { field: 'match.protocol', before: '17', after: '6' },
      { field: 'match.source_port', before: '53', after: undefined },
    ]);
  });

  it('lists all fields of a new or deleted state', () => {
    expect(differences(null, json({ id: '7', location: null }))).toEqual([
      { field: 'id', before: undefined, after: '7' },
    ]);
    expect(differences(json({ id: '7' }), null)).toEqual([{ field: 'id', before: '7', after: undefined }]);
  });

  it('shows lists and plain values as they are', () => {
    expect(differences(json({ out: ['a'] }), json({ out: [] }))).toEqual([
      { field: 'out', before: '["a"]', after: '[]' },
    ]);
    expect(differences(json(1), json(2))).toEqual([{ field: 'value', before: '1', after: '2' }]);
  });

  it('is empty for states that differ only in their time', () => {
    expect(differences(json({ a: 1, updated_at: 'x' }), json({ a: 1, updated_at: 'y' }))).toEqual([]);
    const site = (updated_at: string) => json({ site: { name: 'Bonn', updated_at } });
    expect(differences(site('x'), site('y'))).toEqual([]);
    expect(differences(null, null)).toEqual([]);
  });
});
