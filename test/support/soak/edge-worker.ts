// A process of simulated edges: real recorder, spool on disk, reporter, sender and commands. Its
// parent kills it and starts it again.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startSimulation } from '../../../edge/simulation/simulate.ts';
import type { SimulatedEdge } from '../../../edge/simulation/simulated-edge.ts';
import { openDiskSpool } from '../../../edge/spool/disk-spool.ts';
import { followLocalSystem } from '../../../edge/system/follow-local-system.ts';
import { localStream } from '../../../edge/system/local-stream.ts';
import { findLocalSystem, type LocalSystem } from '../../../edge/system/local-system.ts';
import { badPaths } from './bad-paths.ts';
import { countedSpool, openRecord } from './counted-spool.ts';

export interface EdgeWorkerOptions {
  /** Folder of the system's endpoints.json. */
  system: string;
  /** Folder of the edges' spools. */
  spools: string;
  /** The file of this run's record. */
  record: string;
  /** Names this run. */
  run: string;
  edges: SimulatedEdge[];
  seed: number;
  interval_ms: number;
  flows: number;
}

/**
 * A message of a worker: the number of reports that the stream has accepted since the last one, or
 * a problem.
 */
export type EdgeWorkerMessage = { sent: number } | { trouble: string };

const SAY_EVERY_MS = 1000;

const options = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as EdgeWorkerOptions;
const say = (message: EdgeWorkerMessage): void => void (process.connected && process.send!(message));
process.once('disconnect', () => process.exit(1));

const local = await untilFound(options.system);
const locate = followLocalSystem(options.system, local);
const record = openRecord(options.record);
let sent = 0;
setInterval(saySent, SAY_EVERY_MS).unref();

const simulation = startSimulation({
  edges: options.edges,
  seed: options.seed,
  interval_ms: options.interval_ms,
  flows: options.flows,
  scenario: badPaths(options.seed),
  kinesis: localStream(locate),
  stream: local.stream,
  commands: { graphql: async () => (await locate()).graphql, region: local.region },
  async spool({ edge_id }, recorder) {
    const spool = await openDiskSpool(join(options.spools, edge_id));
    return countedSpool(spool, { run: options.run, recorder, record });
  },
  onReport: () => {
    sent += 1;
  },
  onTrouble: trouble => say({ trouble }),
});

process.once('SIGTERM', () => void stop());
process.on('SIGINT', () => {});
await simulation.ended.catch((cause: Error) => say({ trouble: cause.message }));

function saySent(): void {
  say({ sent });
  sent = 0;
}

/** The last reports are then in the spool and on the stream. */
async function stop(): Promise<void> {
  await simulation.stop();
  saySent();
  process.exit(0);
}

async function untilFound(folder: string): Promise<LocalSystem> {
  for (;;) {
    const found = await findLocalSystem(folder).catch(() => undefined);
    if (found) return found;
    await wait(200);
  }
}
