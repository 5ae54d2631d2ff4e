import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type CognitoEngine, type CognitoOptions, startCognito } from './cognito.ts';
import { startDynamoDb } from './dynamodb.ts';
import type { Engine } from './engine.ts';
import { startKinesis } from './kinesis.ts';

export interface Engines {
  dynamodb: Engine;
  kinesis: Engine;
  cognito: CognitoEngine;
  /** Resolves with a sentence if one of them ends unexpectedly. */
  died: Promise<string>;
  stop(): Promise<void>;
}

export interface EnginesOptions {
  /** Folder for temporary files. */
  scratchDirectory: string;
  /** Folder to keep data in. */
  dataDirectory?: string | undefined;
  /** Called when each of them is ready. */
  onReady?: (engine: Engine) => void;
  onMail?: CognitoOptions['onMail'];
}

/**
 * Starts the three engines together.
 * @throws the error of the first one that failed; the others are stopped
 */
export async function startEngines({
  scratchDirectory,
  dataDirectory,
  onReady = () => {},
  onMail,
}: EnginesOptions): Promise<Engines> {
  const folder = async (name: string): Promise<string> => {
    const path = join(dataDirectory ?? scratchDirectory, name);
    if (dataDirectory === undefined) await rm(path, { recursive: true, force: true });
    await mkdir(path, { recursive: true });
    return path;
  };
  const kept = async (name: string): Promise<{ dataDirectory?: string }> =>
    dataDirectory === undefined ? {} : { dataDirectory: await folder(name) };
  const told = (engine: Engine): Engine => {
    onReady(engine);
    return engine;
  };
  const starts = [
    kept('dynamodb').then(startDynamoDb),
    kept('kinesis').then(startKinesis),
    folder('cognito').then(directory => startCognito({ directory, onMail })),
  ] as const;
  const results = await Promise.allSettled(starts.map(start => start.then(told)));
  const started = results.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []));
  const stop = async (): Promise<void> => {
    await Promise.all(started.map(engine => engine.stop()));
  };
  const failed = results.find(result => result.status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  const [dynamodb, kinesis, cognito] = await Promise.all(starts);
  const died = Promise.race(
    started.map(
      engine =>
        new Promise<string>(resolve => {
          void engine.ended.then(({ stopped, reason }) => stopped || resolve(reason));
        }),
    ),
  );
  return { dynamodb, kinesis, cognito, died, stop };
}
