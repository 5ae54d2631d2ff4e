import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packetFrame, pcapHeader, pcapRecord } from '../../../../edge/sample/capture-frames.ts';
import { openConsole } from '../../../support/browser.ts';
import type { ConsoleWorld } from '../../../support/console-world.ts';
import { runEdge } from '../../../support/run-edge.ts';

const SECONDS = 30;
const PACKETS_A_SECOND = 20;
const BYTES = 1000;
const TRUE_RATE = PACKETS_A_SECOND * BYTES * 8;

const FLOW = { src: '10.9.0.1', src_port: 40_000, dst: '192.0.2.9', dst_port: 443, protocol: 6 };

/**
 * Records every rate that the policy shows; its row is drawn once it is one of the fastest. Runs in
 * the page.
 */
const WATCH = `{
  const table = document.querySelector('[role=table][aria-label=Policies]');
  const heads = [...table.querySelectorAll('[role=columnheader]')].map(each => each.textContent);
  const column = heads.indexOf('Throughput');
  window.shown = [];
  const note = () => {
    const row = [...table.querySelectorAll('[role=row]')].find(each => each.textContent.includes('Replayed'));
    window.shown.push(row?.children[column].querySelector('data')?.value ?? null);
  };
  note();
  new MutationObserver(note).observe(table, { subtree: true, childList: true, attributes: true, characterData: true });
}`;

export function ratesSuite(world: () => ConsoleWorld): void {
  describe('rates', () => {
    it('are never 0 and never above 1.5 times the true rate during a replay, and counters end at its totals', async () => {
      const { browser, system, folder, admin } = world();
      const file = join(folder, 'steady.pcap');
      await writeFile(file, steadyCapture());
      const created = await admin.data(
        'mutation ($match: PolicyMatchInput) { createPolicy(name: "Replayed", priority: 1000, match: $match) { id } }',
        { match: { source_cidr: '10.9.0.0/24' } },
      );
      const { id } = created.createPolicy;
      const { page, leave } = await openConsole(browser, system, { as: 'viewer' });
      const table = page.getByRole('table', { name: 'Policies' });
      await table.getByRole('cell').first().waitFor();
      await page.evaluate(WATCH);
      const run = await runEdge([
        ...['replay', file, '--edge-id', 'edge-steady', '--speed', '1', '--interval', '5', '--wait'],
        ...['--system', folder, '--spool', join(folder, 'edge-steady')],
      ]);
      expect(`${run.code} ${run.stderr}`).toMatch(/^0 /);
      const total = String(SECONDS * PACKETS_A_SECOND * BYTES);
      await table
        .getByRole('row', { name: /Replayed/ })
        .locator(`data[value="${total}"]`)
        .waitFor();
      const { policy } = await admin.data('query ($id: ID!) { policy(id: $id) { bytes_matched_exact } }', {
        id,
      });
      expect(policy.bytes_matched_exact).toBe(total);
      const shown = (await page.evaluate('window.shown')) as (string | null)[];
      const rates = shown.filter(value => value !== null).map(Number);
      expect(rates.length).toBeGreaterThan(0);
      expect(Math.min(...rates)).toBeGreaterThan(0);
      expect(Math.max(...rates)).toBeLessThanOrEqual(1.5 * TRUE_RATE);
      await leave();
    });
  });
}

/** Packets of one flow, the same number each second. */
function steadyCapture(): Buffer {
  const first_us = Date.UTC(2026, 0, 30, 9) * 1000;
  const records = Array.from({ length: SECONDS * PACKETS_A_SECOND }, (_, index) =>
    pcapRecord(packetFrame(FLOW, BYTES, {}), first_us + (index * 1e6) / PACKETS_A_SECOND),
  );
  return Buffer.concat([pcapHeader(), ...records]);
}
