import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PathReading, passiveLoss } from '../../../core/routing/health/passive-loss.ts';

const MINUTE = 60_000;

/** Readings at these instants of an end that sends or receives by this total. */
function readings(instants: readonly number[], total: (at: number) => number): PathReading[] {
  return instants.map(at_ms => {
    const packets = BigInt(Math.round(total(at_ms)));
    return { at_ms, tx_packets: packets, rx_packets: packets };
  });
}

const everyMinute = (from: number, count: number) =>
  Array.from({ length: count }, (_, minute) => from + minute * MINUTE);

describe('passive loss', () => {
  it('is the sent traffic that did not arrive, with any offset between the reports', () => {
    const sent = readings(everyMinute(0, 11), at => 1000 + at / 10);
    const received = readings(everyMinute(17_000, 11), at => 50 + (0.9 * at) / 10);
    const loss = passiveLoss(sent, received)!;
    expect(loss).toMatchObject({
      from_ms: 17_000,
      to_ms: 17_000 + 9 * MINUTE,
      sent_packets: 54_000,
      received_packets: 48_600,
    });
    expect(loss.loss_pct).toBeCloseTo(10, 6);
  });

  it('is exact if both ends report at the same time', () => {
    const instants = [0, 70_000, 100_000];
    const loss = passiveLoss(
      readings(instants, at => at * at),
      readings(instants, at => (at * at) / 2),
    );
    expect(loss).toMatchObject({ loss_pct: 50, loss_pct_min: 50, loss_pct_max: 50 });
  });

  it('is bounded by the reports before and after, with any earlier traffic', () => {
    const sender = readings(everyMinute(0, 4), at => 1000 + at / 100);
    const receiver = readings([70_000, 170_000], at => (9 * at) / 1000);
    expect(passiveLoss(sender, receiver)).toEqual({
      ...{ from_ms: 70_000, to_ms: 170_000, sent_packets: 1000, received_packets: 900 },
      // At the first report between 600 and 1200 were sent, at the last between 1200 and 1800.
      ...{ loss_pct: 10, loss_pct_min: 0, loss_pct_max: 25 },
    });
  });

  it('is within its bounds for any distribution of the traffic', () => {
    const steps = fc.array(fc.record({ ms: fc.integer({ min: 1, max: 90_000 }), packets: fc.nat(5000) }), {
      minLength: 4,
      maxLength: 40,
    });
    const who = fc.array(fc.boolean(), { minLength: 40, maxLength: 40 });
    fc.assert(
      fc.property(steps, who, fc.integer({ min: 0, max: 100 }), (steps, isSender, arriving_pct) => {
        const ends: { sender: PathReading[]; receiver: PathReading[] } = { sender: [], receiver: [] };
        const truth = new Map<number, number>();
        let at_ms = 0;
        let tx = 0;
        let rx = 0;
        steps.forEach(({ ms, packets }, index) => {
          at_ms += ms;
          tx += packets;
          rx += Math.floor((packets * arriving_pct) / 100);
          truth.set(at_ms, tx);
          const totals = { at_ms, tx_packets: BigInt(tx), rx_packets: BigInt(rx) };
          (isSender[index] ? ends.sender : ends.receiver).push(totals);
        });
        const loss = passiveLoss(ends.sender, ends.receiver);
        if (!loss) return;
        const really = truth.get(loss.to_ms)! - truth.get(loss.from_ms)!;
        const real_pct = really === 0 ? 0 : (100 * (really - loss.received_packets)) / really;
        expect(loss.loss_pct_min).toBeLessThanOrEqual(real_pct + 1e-9);
        expect(loss.loss_pct_max).toBeGreaterThanOrEqual(real_pct - 1e-9);
        expect(loss.loss_pct_min).toBeLessThanOrEqual(loss.loss_pct + 1e-9);
        expect(loss.loss_pct).toBeLessThanOrEqual(loss.loss_pct_max + 1e-9);
      }),
    );
  });

  it('is never below zero: traffic on its way arrives later', () => {
    const loss = passiveLoss(
      readings([0, 100], at => at),
      readings([0, 100], at => 2 * at),
    );
    expect(loss).toMatchObject({ sent_packets: 100, received_packets: 200, loss_pct: 0, loss_pct_max: 0 });
  });

  it.each([
    ['one end does not report', [], [0, 60]],
    ['the receiver reported once', [0, 60], [30]],
    ['the ends reported at different times', [0, 60], [70, 130]],
  ])('is unknown if %s', (_, sender, receiver) => {
    const total = (at: number) => at;
    expect(passiveLoss(readings(sender, total), readings(receiver, total))).toBeUndefined();
  });

  it('is unknown if nothing was sent', () => {
    const quiet = readings([0, 60], () => 7);
    expect(passiveLoss(quiet, quiet)).toBeUndefined();
  });
});
