import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { CHECK_MS } from '../../../edge/commands/follow-commands.ts';
import { FollowedSystem, type Known } from '../../support/followed-system.ts';

const SECOND = 1000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let system: FollowedSystem;
afterEach(() => system.stop());

/** An edge that has just begun to listen, with its requests so far. */
async function listening(options: ConstructorParameters<typeof FollowedSystem>[0] = {}): Promise<number> {
  system = new FollowedSystem(options);
  await system.time.advance(10 * SECOND);
  expect(system.known).toEqual(system.versions);
  return system.requests;
}

describe('an edge that listens', () => {
  it('sends requests only for its hourly check on a day without changes', async () => {
    expect(await listening()).toBe(2);
    await system.time.advance(DAY);
    expect(system.asked).toEqual({ connect: 1, pendingCommands: 25, edgeRoutes: 25, policies: 0 });
    expect(system.messages).toBe(0);
  });

  it.each([
    ['paths', 1],
    ['routing', 1],
    // The policies, and then the routes of those that are enabled.
    ['policies', 2],
  ] as [Known, number][])(
    'reads the subject of a message once within the spread: %s',
    async (what, requests) => {
      const before = await listening();
      system.change(what);
      await system.time.advance(10 * SECOND);
      expect(system.known).toEqual(system.versions);
      expect(system.requests - before).toBe(requests);
    },
  );

  it('sends no request after a message about known versions', async () => {
    const before = await listening();
    for (const what of ['paths', 'routing', 'policies'] as const) system.publish(what);
    await system.time.advance(MINUTE);
    expect(system.messages).toBe(3);
    expect(system.requests).toBe(before);
  });

  it('waits a part of the time over which all edges spread their reads', async () => {
    const before = await listening({ random: () => 0.5 });
    system.spread_s = 90;
    system.change('policies');
    await system.time.advance(44 * SECOND);
    expect(system.requests).toBe(before);
    await system.time.advance(10 * SECOND);
    expect(system.known).toEqual(system.versions);
  });

  it('catches up on a lost message with the next message of any kind', async () => {
    await listening();
    system.delivers = false;
    system.change('policies');
    await system.time.advance(MINUTE);
    expect(system.known.policies).toBe(1);
    system.delivers = true;
    system.change('routing');
    await system.time.advance(20 * SECOND);
    expect(system.known).toEqual(system.versions);
  });

  it('catches up on a lost message within an hour and a quarter if no other follows', async () => {
    await listening({ random: () => 0.999 });
    system.delivers = false;
    for (const what of ['policies', 'paths', 'routing'] as const) system.change(what);
    await system.time.advance(1.25 * CHECK_MS + MINUTE);
    expect(system.known).toEqual(system.versions);
  });

  it('reads everything once after it has reconnected', async () => {
    const before = await listening();
    await system.cut();
    await system.time.advance(MINUTE);
    expect(system.listens).toBe(true);
    expect(system.requests - before).toBe(2);
  });

  it('reads a change from just before it could listen, although a function has cached the earlier state', async () => {
    await listening();
    await system.cut();
    await system.time.advance(500);
    expect(system.listens).toBe(false);
    for (const what of ['policies', 'routing'] as const) system.change(what);
    await system.time.advance(MINUTE);
    expect(system.messages).toBe(0);
    expect(system.known).toEqual(system.versions);
  });

  it('polls a system that sends no versions', async () => {
    await listening({ announces: false });
    system.delivers = false;
    system.change('paths');
    await system.time.advance(2 * MINUTE);
    expect(system.known).toEqual(system.versions);
  });
});

describe('an edge that can not listen', () => {
  it('polls less and less often after a lost connection, but at least every two minutes', async () => {
    await listening({ random: () => 0.999 });
    system.connects = false;
    await system.cut();
    const asked: number[] = [];
    for (let second = 0, last = system.requests; second < 600; second++) {
      await system.time.advance(SECOND);
      if (system.requests > last) asked.push(second);
      last = system.requests;
    }
    const gaps = asked.map((at, index) => at - (asked[index - 1] ?? 0));
    expect(gaps).toEqual([10, 13, 14, 18, 26, 42, 75, 85, 85, 85, 85]);
  });

  it('knows of every change within two minutes, with any cuts, losses and changes', async () => {
    const step = fc.oneof(
      fc.constantFrom<Known>('policies', 'paths', 'routing'),
      fc.constantFrom('cut' as const, 'cut silently' as const),
      fc.constantFrom(
        'connects' as const,
        'connects not' as const,
        'answers' as const,
        'answers not' as const,
      ),
    );
    const waits = fc.integer({ min: 0, max: 200 * SECOND });
    const steps = fc.array(fc.tuple(step, waits), { minLength: 1, maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(steps, fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })), run),
      { numRuns: 60 },
    );
  }, 60_000);
});

type Step = Known | 'cut' | 'cut silently' | 'connects' | 'connects not' | 'answers' | 'answers not';

/** Makes the steps, and checks every second whether a change is known too late. */
async function run(steps: [Step, number][], numbers: Iterator<number>): Promise<void> {
  system = new FollowedSystem({ random: () => numbers.next().value as number });
  /**
   * By kind: the versions that are not known yet, and the time from which the edge can know them.
   */
  const open: { what: Known; version: number; since: number }[] = [];
  await system.time.advance(10 * SECOND);
  for (const [step, wait] of [...steps, ['answers', 4 * MINUTE] as [Step, number]]) {
    if (step === 'cut') await system.cut();
    else if (step === 'cut silently') system.cutSilently();
    else if (step === 'connects' || step === 'connects not') system.connects = step === 'connects';
    else if (step === 'answers' || step === 'answers not') system.answers = step === 'answers';
    else {
      system.change(step);
      open.push({ what: step, version: system.versions[step], since: system.time.clock() });
    }
    for (let left = wait; left >= 0; left -= SECOND) {
      const now = system.time.clock();
      for (const one of open) {
        // Nothing can be known while the system doesn't answer.
        if (!system.answers) one.since = now;
        if (system.known[one.what] >= one.version) one.since = Number.POSITIVE_INFINITY;
        expect(now - one.since, `${one.what} ${one.version}`).toBeLessThanOrEqual(2 * MINUTE);
      }
      await system.time.advance(Math.min(SECOND, Math.max(1, left)));
    }
  }
  expect(system.known).toEqual(system.versions);
  await system.stop();
}
