// `npm run soak`: the whole system for minutes under traffic, kills and people, and then the checks
// of its state.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { projectFile } from '../project-files.ts';
import { progressLine, summary } from './describe-soak.ts';
import { runSoak, SoakAborted } from './soak.ts';
import { parseSoakOptions } from './soak-options.ts';

const options = parseSoakOptions(process.argv.slice(2));
const parent = projectFile('.local/soak');
mkdirSync(parent, { recursive: true });
const folder = options.folder ?? mkdtempSync(join(parent, `seed-${options.seed}-`));
const interrupted = new AbortController();
process.on('SIGINT', () => interrupted.abort());
process.on('SIGTERM', () => interrupted.abort());

const isTerminal = process.stdout.isTTY;
let saidAt = 0;
console.log(`Seed ${options.seed}; events, records and data in ${folder}`);
try {
  const result = await runSoak({
    ...options,
    folder,
    signal: interrupted.signal,
    onPhase: text => console.log(`${isTerminal ? '\r\x1b[K' : ''}… ${text}`),
    onProgress(progress) {
      const line = progressLine(progress, options.duration_ms);
      if (isTerminal) process.stdout.write(`\r\x1b[K${line}`);
      else if (progress.running_ms - saidAt >= 10_000) {
        saidAt = progress.running_ms;
        console.log(line);
      }
    },
  });
  console.log(summary(result));
  for (const name of ['data', 'edges']) rmSync(join(folder, name), { recursive: true, force: true });
} catch (cause) {
  if (cause instanceof SoakAborted) {
    console.log('\nEnded before its time: nothing was checked.');
    process.exitCode = 130;
  } else {
    const { name, message, stack } = cause as Error;
    console.error(`\nFailed: ${name === 'SoakFailure' ? message : stack}`);
    process.exitCode = 1;
  }
}
