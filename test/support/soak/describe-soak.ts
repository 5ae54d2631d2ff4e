import type { SoakProgress, SoakResult } from './soak.ts';

/** One line: the progress, and the events so far. */
export function progressLine(
  { running_ms, reports, changes, lost, kills, starts }: SoakProgress,
  duration_ms: number,
): string {
  return [
    `${time(running_ms)} of ${time(duration_ms)}`,
    `${reports} reports`,
    `${changes} changes (${lost} answers lost)`,
    `${killWords(kills)} killed`,
    `${starts} starts`,
  ].join(' · ');
}

/** The summary at the end. */
export function summary(result: SoakResult): string {
  const { counted, packets, bytes, changes, requests, refused, undone, lost, kills, starts, memory } = result;
  const lines = [
    `Reports   ${counted.reports} stored by ${counted.edges.size} edges in ${counted.boots} boots`,
    `Counted   ${packets} packets, ${bytes} bytes: shown to the byte`,
    `Changes   ${changes} with one entry each, ${undone} of them undone; ${requests} requests, ${refused} refused, ${lost} answers lost`,
    `Killed    ${killWords(kills, true)}`,
    `Starts    ${starts}`,
  ];
  if (memory) {
    const { system, containers, lasting } = memory;
    lines.push(
      ...Object.entries({ system, [`${lasting} containers`]: containers }).map(
        ([name, { mean, rise, samples }]) =>
          `Memory    ${name} ${Math.round(mean)} MiB, ${(100 * rise).toFixed(1)} % up over ${samples} samples`,
      ),
    );
  }
  return lines.join('\n');
}

const NOT_FUNCTIONS = new Set(['system', 'edges', 'dynamodb', 'kinesis', 'cognito']);

function killWords(kills: ReadonlyMap<string, number>, whole = false): string {
  const functions = [...kills].filter(([name]) => !NOT_FUNCTIONS.has(name));
  const others = [...kills].filter(([name]) => NOT_FUNCTIONS.has(name));
  const sum = functions.reduce((total, [, count]) => total + count, 0);
  const shown: [string, number][] = whole ? functions : [['functions', sum]];
  return [...shown, ...others].map(([name, count]) => `${count} ${name}`).join(', ');
}

function time(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
