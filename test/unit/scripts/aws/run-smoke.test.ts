import { describe, expect, it } from 'vitest';
import { EdgeError } from '../../../../edge/edge-error.ts';
import { eventually } from '../../../../scripts/aws/smoke/eventually.ts';
import { runSmoke } from '../../../../scripts/aws/smoke/run-smoke.ts';
import type { Bench, SmokeStep, SmokeSystem, StepName } from '../../../../scripts/aws/smoke/smoke-step.ts';
import { SMOKE_STEPS } from '../../../../scripts/aws/smoke/smoke-steps.ts';
import { outcomeLine, summary, undoneLine } from '../../../../scripts/aws/smoke/smoke-text.ts';

type Run = (bench: Bench) => Promise<string>;

const step = (name: StepName, run: Run, needs: StepName[] = []): SmokeStep => ({
  ...{ name, needs, run },
  proves: `${name} works`,
});

/** A clock that advances with every wait. */
function waits() {
  let now = 0;
  return {
    clock: () => now,
    async sleep(ms: number) {
      now += ms;
    },
  };
}

async function smoke(
  steps: SmokeStep[],
  {
    notShown = {},
    leftOut = {},
    signal = new AbortController().signal,
  }: {
    notShown?: SmokeSystem['notShown'];
    leftOut?: Partial<Record<StepName, string>>;
    signal?: AbortSignal;
  } = {},
) {
  const lines: string[] = [];
  const result = await runSmoke({
    steps,
    bench: { system: { notShown } as SmokeSystem, run_id: 'run', signal, say: () => {}, ...waits() },
    leftOut,
    onOutcome: outcome => lines.push(outcomeLine(outcome)),
    onUndone: undone => lines.push(undoneLine(undone)),
  });
  return [...lines, summary(result)];
}

describe('a smoke test', () => {
  it('undoes its steps in reverse order, also after a failed one', async () => {
    const lines = await smoke([
      step('network', async ({ undo }) => {
        undo('site', async () => {});
        undo('endpoint', async () => {});
        return 'a site';
      }),
      step('edge', async ({ undo }) => {
        undo('edge', async () => {});
        throw new EdgeError('It is refused.');
      }),
      step('roles', async () => 'roles', ['edge']),
      step('counts', async () => 'counts', ['roles']),
      step('undo', async () => 'undone', ['network']),
    ]);
    expect(lines).toEqual([
      '✓ network   network works: a site',
      '✗ edge      edge works: It is refused.',
      '– roles     roles works: not shown, it needs edge',
      '– counts    counts works: not shown, it needs roles',
      '✓ undo      undo works: undone',
      '  removed: edge',
      '  removed: endpoint',
      '  removed: site',
      '2 proven, 1 failed, 2 not shown.',
    ]);
  });

  it('names each failed undo, and continues with the rest', async () => {
    const lines = await smoke([
      step('network', async ({ undo }) => {
        undo('site', async () => {});
        undo('role', async () => {
          throw Object.assign(new Error('no'), { name: 'AccessDenied' });
        });
        return 'both';
      }),
    ]);
    expect(lines.slice(1)).toEqual([
      '  LEFT OVER: role. AWS refused (AccessDenied): no. docs/deploying.md lists the rights that a deployment needs.',
      '  removed: site',
      '1 proven, 0 failed, 0 not shown, 1 left over.',
    ]);
  });

  it('skips steps that the system cannot show or that the options exclude, with the reasons', async () => {
    const failing = () => Promise.reject(new Error('It ran.'));
    const lines = await smoke([step('alarm', failing), step('machine', failing)], {
      notShown: { alarm: 'there is no CloudWatch' },
      leftOut: { machine: 'no IAM here' },
    });
    expect(lines).toEqual([
      '– alarm     alarm works: not shown, there is no CloudWatch',
      '– machine   machine works: not shown, no IAM here',
      '0 proven, 0 failed, 2 not shown.',
    ]);
  });

  it('ends at an interruption in the middle of a wait, and undoes everything', async () => {
    const stop = new AbortController();
    const lines = await smoke(
      [
        step('network', bench => {
          bench.undo('site', async () => {});
          return eventually<string>(bench, {
            what: 'nothing',
            limit_s: 60,
            async look() {
              stop.abort();
              return undefined;
            },
          });
        }),
        step('undo', () => Promise.reject(new Error('It ran.'))),
      ],
      { signal: stop.signal },
    );
    expect(lines).toEqual([
      '– network   network works: not shown, interrupted',
      '– undo      undo works: not shown, interrupted',
      '  removed: site',
      'Interrupted: 0 proven, 0 failed, 2 not shown.',
    ]);
  });

  it('has steps that need only earlier steps', () => {
    const before = new Set<StepName>();
    for (const { name, needs } of SMOKE_STEPS) {
      expect([name, needs.filter(need => !before.has(need))]).toEqual([name, []]);
      before.add(name);
    }
  });
});

describe('eventually', () => {
  const bench = () => ({ ...waits(), signal: new AbortController().signal });

  it('checks once a second for an expected result, and prints the reason for the wait once', async () => {
    const said: string[] = [];
    const seen = [undefined, undefined, 'there'];
    const time = bench();
    const look = async () => seen.shift();
    const given = { what: 'the figure', limit_s: 5, look };
    expect(await eventually({ ...time, say: line => said.push(line) }, given)).toBe('there');
    expect([time.clock(), said]).toEqual([2000, ['Waiting for the figure (at most 5 s) …']]);
  });

  it('gives up at its limit, with the last error that was retried', async () => {
    const denied = Object.assign(new Error('not yet'), { name: 'AccessDenied' });
    const given = { what: 'the right', limit_s: 3, look: () => Promise.reject(denied) };
    await expect(
      eventually({ ...bench(), say: () => {} }, { ...given, mayPass: cause => cause === denied }),
    ).rejects.toThrow(/^Waited 3 s for the right without success\. The last answer: not yet$/);
    await expect(eventually({ ...bench(), say: () => {} }, given)).rejects.toBe(denied);
  });
});
