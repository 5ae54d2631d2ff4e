import type { Writable } from 'node:stream';
import type { Demo, DemoState } from './demo.ts';

const TERMINAL_MS = 2000;
const PLAIN_MS = 60_000;

export interface CountingLineOptions {
  demo: Demo;
  output: Writable & { isTTY?: boolean };
  /** Milliseconds between two lines; default: 2 s on a terminal, a minute elsewhere. */
  everyMs?: number;
}

export interface CountingLine {
  /** Prints a line above the counting one. */
  say(text: string): void;
  stop(): void;
}

/** Shows the counts: one line that is overwritten on a terminal, separate lines elsewhere. */
export function startCountingLine({ demo, output, everyMs }: CountingLineOptions): CountingLine {
  const terminal = output.isTTY === true;
  let line = '';
  let asking = false;
  let stopped = false;

  async function refresh(): Promise<void> {
    if (asking) return;
    asking = true;
    try {
      const text = countingText(await demo.state());
      if (stopped) return;
      line = text;
      output.write(terminal ? `\r\x1b[K${line}` : `${line}\n`);
    } catch {
      // The system is busy or stopping: the next line shows the counts again.
    } finally {
      asking = false;
    }
  }

  const timer = setInterval(() => void refresh(), everyMs ?? (terminal ? TERMINAL_MS : PLAIN_MS));
  void refresh();
  return {
    say(text) {
      output.write(terminal ? `\r\x1b[K${text}\n${line}` : `${text}\n`);
    },
    stop() {
      stopped = true;
      clearInterval(timer);
      if (terminal) output.write('\n');
    },
  };
}

/** One line with the counts of the edges and those that the API shows. */
function countingText({ edges, counted, shown }: DemoState): string {
  return (
    `${edges} edges have counted ${amount(counted)}; ` +
    `the API shows ${amount(shown)}, ${shown.active_flows} active flows`
  );
}

function amount({ packets, bytes }: { packets: bigint; bytes: bigint }): string {
  return `${packets.toLocaleString('en-US')} packets, ${inUnits(bytes)}`;
}

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'];

function inUnits(bytes: bigint): string {
  let value = Number(bytes);
  let unit = 0;
  for (; value >= 1000 && unit < UNITS.length - 1; unit++) value /= 1000;
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
}
