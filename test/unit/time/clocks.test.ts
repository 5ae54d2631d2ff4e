import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock, systemSleep } from '../../../core/time/clock.ts';
import { rfc3339 } from '../../../core/time/rfc3339.ts';
import { systemSchedule } from '../../../core/time/schedule.ts';
import { withTimeLimit } from '../../../core/time/time-limit.ts';
import { turnClock } from '../../../core/time/turn-clock.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the clock of the system', () => {
  it('is the time, and sleeps as long as requested', async () => {
    const woken = vi.fn();
    const asleep = systemSleep(500).then(() => woken(systemClock()));
    await vi.advanceTimersByTimeAsync(499);
    expect(woken).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await asleep;
    expect(woken).toHaveBeenCalledExactlyOnceWith(1_500);
  });

  it('calls a scheduled function once, and a cancelled one never', () => {
    const kept = vi.fn();
    const cancelled = vi.fn();
    systemSchedule(10, kept);
    systemSchedule(10, cancelled)();
    vi.advanceTimersByTime(100);
    expect(kept).toHaveBeenCalledOnce();
    expect(cancelled).not.toHaveBeenCalled();
  });
});

describe('the clock of a turn', () => {
  it('does not change within a turn, and is read again in the next', () => {
    expect(turnClock()).toBe(1_000);
    vi.setSystemTime(2_000);
    expect(turnClock()).toBe(1_000);
    vi.runAllTimers();
    expect(turnClock()).toBe(2_000);
    vi.runAllTimers();
  });
});

describe('a time as text', () => {
  it.each([
    [0, '1970-01-01T00:00:00.000Z'],
    [1_700_000_000_123, '2023-11-14T22:13:20.123Z'],
    [-1, '1970-01-01T00:00:00.000Z'],
    [253_402_300_799_999, '9999-12-31T23:59:59.999Z'],
    [253_402_300_800_000, '9999-12-31T23:59:59.999Z'],
  ])('of %d ms is %s', (ms, text) => {
    expect(rfc3339(ms)).toBe(text);
  });
});

describe('a time limit', () => {
  it('aborts with its duration if no answer comes', async () => {
    const answer = withTimeLimit(
      250,
      signal =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        }),
    );
    const failed = expect(answer).rejects.toMatchObject({
      name: 'TimeoutError',
      message: 'No answer came within 250 ms.',
    });
    await vi.advanceTimersByTimeAsync(250);
    await failed;
  });

  it('returns the answer and leaves no timer behind', async () => {
    expect(await withTimeLimit(250, async signal => signal.aborted)).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('passes a failure on and leaves no timer behind', async () => {
    await expect(withTimeLimit(250, () => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
    expect(vi.getTimerCount()).toBe(0);
  });
});
