import { beforeEach, describe, expect, it } from 'vitest';
import { keepConnected, type LiveEvent, type LiveState, waitMs } from '../../../web/data/reconnection.ts';
import { type FakeTime, fakeTime } from '../../support/fake-time.ts';

const START = Date.UTC(2026, 0, 31, 12);

let time: FakeTime;
/** The times of attempts to connect, seconds since the beginning. */
let tries: number[];
let state: LiveState;
let take: (event: LiveEvent) => void;
/** The immediate result of an attempt; undefined: it hangs. */
let outcome: LiveEvent[];

beforeEach(() => {
  time = fakeTime(START);
  tries = [];
  outcome = ['CONNECTING', 'CUT'];
  state = { kind: 'CONNECTING', again: false };
  take = keepConnected({
    clock: time.clock,
    schedule: time.schedule,
    random: () => 0,
    connect() {
      tries.push((time.clock() - START) / 1000);
      for (const event of outcome) take(event);
    },
    onState: next => {
      state = next;
    },
  });
  take('CONNECTING');
  take('ACKNOWLEDGED');
});

const seconds = (count: number) => time.advance(count * 1000);
const cutUntil = (second: number): LiveState => ({ kind: 'CUT', retry_at_ms: START + second * 1000 });

describe('a cut connection', () => {
  it('is retried after 1, 2, 4, 8, 16 and then every 30 seconds', async () => {
    expect(state).toEqual({ kind: 'LIVE' });
    take('CUT');
    expect(state).toEqual(cutUntil(1));
    await seconds(130);
    expect(tries).toEqual([1, 3, 7, 15, 31, 61, 91, 121]);
    expect(state).toEqual(cutUntil(151));
  });

  it('is back with the acknowledgement, and the next cut starts at one second', async () => {
    take('CUT');
    await seconds(10);
    take('ACKNOWLEDGED');
    expect([state, time.waiting]).toEqual([{ kind: 'LIVE' }, 0]);
    take('CUT');
    expect(state).toEqual(cutUntil(11));
  });

  it("does not wait longer for other failures in the meantime, or for the client's own retries", async () => {
    take('CUT');
    await seconds(0.5);
    for (const event of ['CUT', 'CONNECTING', 'CUT', 'DOUBTFUL'] as const) take(event);
    expect(state).toEqual(cutUntil(1));
    await seconds(0.5);
    expect(tries).toEqual([1]);
  });

  it('is retried after an attempt without result', async () => {
    outcome = ['CONNECTING'];
    take('CUT');
    await seconds(1);
    expect(state).toEqual({ kind: 'CONNECTING', again: true });
    await seconds(45);
    expect(tries).toEqual([1, 21, 41]);
  });

  it('is retried at once when the page becomes visible', async () => {
    take('CUT');
    await seconds(16);
    take('WAKE');
    expect(tries).toEqual([1, 3, 7, 15, 16]);
    expect(state).toEqual(cutUntil(46));
  });

  it('is not retried while the browser is offline, and at once when it is online again', async () => {
    take('OFFLINE');
    take('CUT');
    expect([state, time.waiting]).toEqual([{ kind: 'CUT', retry_at_ms: null }, 0]);
    await seconds(600);
    outcome = ['CONNECTING', 'ACKNOWLEDGED'];
    take('WAKE');
    expect([tries, state]).toEqual([[600], { kind: 'LIVE' }]);
  });

  it('is no longer retried when the browser goes offline in the meantime', async () => {
    take('CUT');
    take('OFFLINE');
    await seconds(600);
    expect([tries, state]).toEqual([[], { kind: 'CUT', retry_at_ms: null }]);
  });
});

describe('a connection after a long silence', () => {
  it('is left alone while it may recover', async () => {
    take('DOUBTFUL');
    take('WAKE');
    await seconds(600);
    expect([tries, state]).toEqual([[], { kind: 'CUT', retry_at_ms: null }]);
    take('ACKNOWLEDGED');
    expect(state).toEqual({ kind: 'LIVE' });
  });

  it('is retried when it has ended', () => {
    take('DOUBTFUL');
    take('CUT');
    expect(state).toEqual(cutUntil(1));
  });
});

describe('an open connection', () => {
  it('is not reopened when the page becomes visible', () => {
    take('WAKE');
    expect([tries, state, time.waiting]).toEqual([[], { kind: 'LIVE' }, 0]);
  });
});

it('spreads consoles that were cut at the same time over half of the wait', () => {
  expect([0, 0.5, 1].map(random => waitMs(2, random))).toEqual([4000, 3000, 2000]);
  expect([0, 1].map(random => waitMs(40, random))).toEqual([30_000, 15_000]);
});
