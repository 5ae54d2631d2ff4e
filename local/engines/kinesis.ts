import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { REGION } from '../aws/account.ts';
import type { Engine } from './engine.ts';
import { FRONTED_PORT } from './kinesis-front.ts';
import { prepareJournal } from './kinesis-journal.ts';
import { JOURNAL_FILE } from './kinesis-journaling.ts';
import { startNodeEngine } from './node-engine.ts';

export interface KinesisOptions {
  /** Existing folder for the stream; without it, all data is in memory. */
  dataDirectory?: string;
}

const PLAIN_PORT = 4568;

/**
 * Starts `kinesis-local` on the loopback and waits until it listens. It saves its data every
 * second, and not atomically, so kept data is in a journal of our own, from which it starts.
 */
export async function startKinesis({ dataDirectory }: KinesisOptions = {}): Promise<Engine> {
  const file = createRequire(import.meta.url).resolve('kinesis-local/main.js');
  const kept = dataDirectory === undefined ? undefined : await prepareJournal(dataDirectory);
  const engine = await startNodeEngine({
    name: 'kinesis-local',
    file,
    // It reads its certificate from server.json in its working directory.
    cwd: dirname(file),
    givenPort: PLAIN_PORT,
    // It ends slowly otherwise. Acknowledged data is in the journal.
    endSignal: 'SIGKILL',
    env: {
      KINESIS_MOCK_PLAIN_PORT: `${PLAIN_PORT}`,
      [FRONTED_PORT]: `${PLAIN_PORT}`,
      KINESIS_MOCK_TLS_PORT: `${PLAIN_PORT + 1}`,
      AWS_REGION: REGION,
      LOG_LEVEL: 'ERROR',
      ...INSTANT,
      ...(kept && {
        [JOURNAL_FILE]: kept.journal,
        PERSIST_PATH: kept.folder,
        PERSIST_FILE_NAME: kept.loaded,
      }),
    },
  });
  if (kept) await rm(join(kept.folder, kept.loaded));
  return engine;
}

// The mock simulates the cloud's delays, which are not needed here.
const INSTANT = Object.fromEntries(
  [
    'CREATE_STREAM',
    'DELETE_STREAM',
    'REGISTER_STREAM_CONSUMER',
    'START_STREAM_ENCRYPTION',
    'STOP_STREAM_ENCRYPTION',
    'DEREGISTER_STREAM_CONSUMER',
    'MERGE_SHARDS',
    'SPLIT_SHARD',
    'UPDATE_SHARD_COUNT',
    'UPDATE_STREAM_MODE',
  ].map(operation => [`${operation}_DURATION`, '10ms']),
);
