import { describe, expect, it } from 'vitest';
import { makeSteps } from '../../../../scripts/rehearse/steps.ts';

function bed() {
  const said: string[] = [];
  const abort = new AbortController();
  let now = 0;
  const steps = makeSteps({ write: text => said.push(text), now: () => now, signal: abort.signal });
  const pass = (ms: number) => {
    now += ms;
  };
  return { steps, said, abort, pass };
}

describe('a step', () => {
  it('is announced when it begins, and printed with duration and detail when it is done', async () => {
    const { steps, said, pass } = bed();
    const deploy = async () => {
      pass(1234);
      return 6;
    };
    expect(await steps.run('cdk deploy', deploy, count => `${count} stacks`)).toBe(6);
    expect(said).toEqual(['· cdk deploy …\n', '✓ cdk deploy: 1.2 s, 6 stacks\n']);
  });

  it('that fails is printed, and throws its error', async () => {
    const { steps, said } = bed();
    const failure = new Error('no room');
    await expect(steps.run('cdk deploy', () => Promise.reject(failure))).rejects.toBe(failure);
    expect(said).toEqual(['· cdk deploy …\n', '✗ cdk deploy: 0.0 s\n']);
  });

  it('is given up at once when the work is aborted, and no step follows it', async () => {
    const { steps, abort } = bed();
    const reason = new Error('ended');
    const waiting = steps.run('waiting', () => new Promise(() => {}));
    abort.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    let ran = false;
    const next = steps.run('next', async () => {
      ran = true;
    });
    await expect(next).rejects.toBe(reason);
    expect(ran).toBe(false);
  });
});

describe('the end', () => {
  it('runs the registered actions in reverse order, whatever fails', async () => {
    const { steps, said } = bed();
    const done: string[] = [];
    steps.atEnd('first', () => void done.push('first'));
    steps.atEnd('second', () => Promise.reject(new Error('it is stuck')));
    steps.atEnd('third', async () => void done.push('third'));
    await steps.end();
    expect(done).toEqual(['third', 'first']);
    expect(said).toEqual(['✗ second: it is stuck\n']);
    await steps.end();
    expect(done).toEqual(['third', 'first']);
  });

  it('runs an action at once that is registered after it', async () => {
    const { steps } = bed();
    await steps.end();
    const done: string[] = [];
    steps.atEnd('late', () => void done.push('late'));
    expect(done).toEqual(['late']);
  });
});
