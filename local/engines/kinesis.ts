import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { REGION } from '../aws/account.ts';
import type { Engine } from './engine.ts';
import { FRONTED_PORT } from './kinesis-front.ts';
import { startNodeEngine } from './node-engine.ts';

export interface KinesisOptions {
  /** Folder to keep the stream in, which must exist; without it all data is in memory. */
  dataDirectory?: string;
}

const PLAIN_PORT = 4568;

/** Starts `kinesis-local` on the loopback and waits until it listens. */
export function startKinesis({ dataDirectory }: KinesisOptions = {}): Promise<Engine> {
  const file = createRequire(import.meta.url).resolve('kinesis-local/main.js');
  return startNodeEngine({
    name: 'kinesis-local',
    file,
    // It reads its certificate from server.json in the folder that it runs in.
    cwd: dirname(file),
    givenPort: PLAIN_PORT,
    endSignal: dataDirectory === undefined ? 'SIGKILL' : 'SIGTERM',
    env: {
      KINESIS_MOCK_PLAIN_PORT: `${PLAIN_PORT}`,
      [FRONTED_PORT]: `${PLAIN_PORT}`,
      KINESIS_MOCK_TLS_PORT: `${PLAIN_PORT + 1}`,
      AWS_REGION: REGION,
      LOG_LEVEL: 'ERROR',
      ...INSTANT,
      ...(dataDirectory && {
        SHOULD_PERSIST_DATA: 'true',
        PERSIST_PATH: dataDirectory,
        PERSIST_INTERVAL: '1s',
      }),
    },
  });
}

// The mock pretends the cloud's waiting times; they are not needed here.
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
