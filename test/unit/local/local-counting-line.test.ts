import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startCountingLine } from '../../../local/demo/counting-line.ts';
import type { DemoState } from '../../../local/demo/demo.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

class Terminal extends Writable {
  text = '';
  isTTY: boolean;

  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** A demo that counts 1,000 packets between two reads; every read after the first `looks` fails. */
function demo(looks = Number.POSITIVE_INFINITY) {
  let count = 0n;
  return {
    async state(): Promise<DemoState> {
      if (++count > looks) throw new Error('stopping');
      return {
        edges: 3,
        counted: { packets: count * 1000n, bytes: count * 1_500_000n },
        shown: { packets: (count - 1n) * 1000n, bytes: 999n, active_flows: 12 },
      };
    },
    stop: async () => {},
  };
}

const FIRST =
  '3 edges have counted 1,000 packets, 1.5 MB; the API shows 0 packets, 999 bytes, 12 active flows';
const SECOND =
  '3 edges have counted 2,000 packets, 3.0 MB; the API shows 1,000 packets, 999 bytes, 12 active flows';

describe('the line of counting', () => {
  it('is overwritten on a terminal, and cleared for other output', async () => {
    const output = new Terminal(true);
    const line = startCountingLine({ demo: demo(), output });
    await vi.advanceTimersByTimeAsync(2000);
    line.say('Function ingest failed.');
    line.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(output.text).toBe(`\r\x1b[K${FIRST}\r\x1b[K${SECOND}\r\x1b[KFunction ingest failed.\n${SECOND}\n`);
  });

  it('is a plain line every minute elsewhere', async () => {
    const output = new Terminal(false);
    const line = startCountingLine({ demo: demo(), output });
    await vi.advanceTimersByTimeAsync(60_000);
    line.say('Stopping.');
    line.stop();
    expect(output.text).toBe(`${FIRST}\n${SECOND}\nStopping.\n`);
  });

  it('prints nothing after its end, even if a request is still running', async () => {
    const output = new Terminal(false);
    startCountingLine({ demo: demo(), output }).stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(output.text).toBe('');
  });

  it('waits for a system that does not answer', async () => {
    const output = new Terminal(false);
    startCountingLine({ demo: demo(1), output }).say('Busy.');
    await vi.advanceTimersByTimeAsync(180_000);
    expect(output.text).toBe(`Busy.\n${FIRST}\n`);
  });
});
