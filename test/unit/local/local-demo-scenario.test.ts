import { describe, expect, it } from 'vitest';
import { DEGRADING, demoScenario, FALLS_SILENT } from '../../../local/demo/demo-scenario.ts';
import { DEMO_SITES } from '../../../local/demo/demo-sites.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const [FROM, TO] = DEGRADING as [string, string];

/** Minutes in which something holds, of the first two hours. */
function minutes(holds: (now_ms: number) => boolean): number[] {
  return Array.from({ length: 120 }, (_, minute) => minute).filter(minute => holds(minute * MINUTE));
}

const inDemo = (seed = 1) => demoScenario({ seed, began_ms: 0 });
const loss = (now_ms: number, seed?: number) => inDemo(seed).conditions(FROM, TO, now_ms).packet_loss_pct;

describe('the demo', () => {
  it('has a path that is bad for three minutes in every quarter of an hour, and recovers', () => {
    const bad = minutes(now => loss(now) > 5);
    expect(bad).toHaveLength(8 * 3);
    expect(Math.min(...bad)).toBeGreaterThanOrEqual(2);
    expect(Math.min(...bad)).toBeLessThanOrEqual(4);
    for (const minute of bad) expect(loss(minute * MINUTE + HOUR)).toBe(loss(minute * MINUTE));
  });

  it('changes its quality step by step, the same from both ends', () => {
    let before = loss(0);
    for (let now = 0; now < HOUR; now += SECOND) {
      expect(Math.abs(loss(now) - before)).toBeLessThan(0.5);
      before = loss(now);
      expect(inDemo().conditions(TO, FROM, now)).toEqual(inDemo().conditions(FROM, TO, now));
    }
  });

  it('leaves all other paths unchanged', () => {
    const others = DEMO_SITES.flatMap(({ endpoints }) => endpoints.map(({ address }) => address)).filter(
      address => address !== FROM && address !== TO,
    );
    for (const address of others) {
      const usual = inDemo().conditions(address, TO, 0);
      expect(minutes(now => inDemo().conditions(address, TO, now).latency_ms !== usual.latency_ms)).toEqual(
        [],
      );
    }
  });

  it('has one edge that is silent for eight minutes in every half hour', () => {
    const silent = (edge_id: string) => minutes(now => inDemo().isSilent(edge_id, now));
    expect(silent(FALLS_SILENT)).toHaveLength(4 * 8);
    for (const { edge_id } of DEMO_SITES.slice(0, -1)) expect(silent(edge_id)).toEqual([]);
  });

  it('is the same for the same seed, and at other times for another seed', () => {
    const course = (seed: number) => Array.from({ length: 600 }, (_, second) => loss(second * SECOND, seed));
    expect(course(7)).toEqual(course(7));
    expect(course(7)).not.toEqual(course(8));
  });
});
