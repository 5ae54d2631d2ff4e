// `npm run screenshots`: the documentation's pictures of the console. Starts the demo and lets it
// run for some minutes so that there is history; `--system .local` uses a running system.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startDemo } from '../local/demo/demo.ts';
import { type RunningSystem, startSystem } from '../local/system/system.ts';
import { takePictures } from './pictures/take-pictures.ts';

const MINUTE_MS = 60_000;

const { values } = parseArgs({
  options: {
    system: { type: 'string' },
    out: { type: 'string', default: 'docs/pictures' },
    seed: { type: 'string', default: '7' },
    // Long enough for a path to fail, for the failover and for its alarm.
    minutes: { type: 'string', default: '5' },
  },
});
const say = (text: string): void => console.log(`… ${text}`);

if (values.system === undefined) await ofDemo();
else await take(JSON.parse(await readFile(resolve(values.system, 'endpoints.json'), 'utf8')) as Endpoints);
process.exit(0);

type Endpoints = RunningSystem['endpoints'];

/** Takes them of a new demo, which leaves no files. */
async function ofDemo(): Promise<void> {
  const localDirectory = await mkdtemp(join(tmpdir(), 'patronus-pictures-'));
  const system = await startSystem({ localDirectory, onProgress: say, onNotice: say });
  try {
    const demo = await startDemo({ system, seed: Number(values.seed), onNotice: say });
    for (let left = Number(values.minutes); left > 0; left--) {
      say(`The demo runs; pictures in ${left} min`);
      await delay(MINUTE_MS);
    }
    await take(system.endpoints);
    await demo.stop();
  } finally {
    await system.stop();
    await rm(localDirectory, { recursive: true, force: true });
  }
}

async function take({ dashboard, users }: Endpoints): Promise<void> {
  const user = users.find(({ groups }) => groups.includes('admin'))!;
  await takePictures({ console: dashboard, user, out: resolve(values.out), onProgress: say });
}
