import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { pack, unpack } from '../../../core/inventory/archive/archive-chunk.ts';

describe('packed data of an archive', () => {
  const schema = z.array(z.string());

  it('reads back unchanged', () => {
    expect(unpack(schema, pack(['a', 'ä']))).toEqual(['a', 'ä']);
  });

  it('of a later release is rejected, and the error names the format', () => {
    const later = pack(['a']);
    later[0] = 2;
    expect(() => unpack(schema, later)).toThrow('archive format 2 is not known to this release');
  });
});
