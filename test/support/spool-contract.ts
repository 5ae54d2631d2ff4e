import { describe, expect, it } from 'vitest';
import type { Spool, SpoolEntry } from '../../edge/spool/spool.ts';

export function spoolEntry(seq: number, more: Partial<SpoolEntry> = {}): SpoolEntry {
  return {
    destination: 'test',
    edge_id: 'edge-1',
    boot_id: 'boot-1',
    seq,
    records: [Buffer.from(`report ${seq}`), Buffer.from([0, 255, seq])],
    ...more,
  };
}

/** The behaviour of every spool, wherever it stores reports. */
export function describeSpool(name: string, open: () => Promise<Spool>): void {
  describe(`spool: ${name}`, () => {
    it('is empty at first', async () => {
      expect(await (await open()).list()).toEqual(new Map());
    });

    it('lists the stored reports in the order of their slots', async () => {
      const spool = await open();
      for (const slot of [10, 2, 1]) await spool.write(slot, spoolEntry(slot));
      expect([...(await spool.list())]).toEqual([1, 2, 10].map(slot => [slot, spoolEntry(slot)]));
    });

    it('replaces a slot completely', async () => {
      const spool = await open();
      await spool.write(1, spoolEntry(1));
      await spool.write(1, spoolEntry(2, { records: [] }));
      expect(await spool.list()).toEqual(new Map([[1, spoolEntry(2, { records: [] })]]));
    });

    it('removes a slot, even an empty one', async () => {
      const spool = await open();
      await spool.write(1, spoolEntry(1));
      await spool.write(2, spoolEntry(2));
      await spool.remove(1);
      await spool.remove(1);
      expect([...(await spool.list()).keys()]).toEqual([2]);
    });
  });
}
