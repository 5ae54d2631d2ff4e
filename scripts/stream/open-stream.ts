import { KinesisClient } from '@aws-sdk/client-kinesis';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { z } from 'zod';
import { LOCAL_CREDENTIALS } from '../../core/local-credentials.ts';
import { EdgeError } from '../../edge/edge-error.ts';
import { findLocalSystem } from '../../edge/system/local-system.ts';
import { tryParseJson } from '../../edge/system/try-parse-json.ts';
import type { ReplayAnswer, ReplayEvent } from '../../functions/ingest/replay-event.ts';

/** The system whose stream is used. */
export interface StreamOptions {
  /** In the cloud: names from the outputs of the ingest stack. */
  stream?: string;
  function?: string;
  region?: string;
  profile?: string;
  /** The `.local` folder of a running local system. */
  system: string;
}

export interface OpenStream {
  kinesis: KinesisClient;
  stream: string;
  /** Runs ingest and waits for its answer. @throws EdgeError if the function fails */
  invoke(event: ReplayEvent): Promise<string[]>;
  pause_ms: number;
  close(): void;
}

/** Readers of a shard share five reads a second, and Lambda itself makes one. */
const CLOUD_PAUSE_MS = 300;

/** An invocation lasts as long as the function may run: a minute. */
const INVOKE_TIMEOUT_MS = 70_000;

/** A function of the previous release doesn't return rejections. */
const answerSchema = z.object({
  batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })),
  rejected: z
    .array(z.object({ sequence_number: z.string(), reason: z.string(), message: z.string() }))
    .default([]),
});

/** @throws EdgeError when no system is named and none is running on this machine */
export async function openStream(options: StreamOptions): Promise<OpenStream> {
  const { stream, function: functionName, region, profile } = options;
  if (stream !== undefined || functionName !== undefined) {
    if (stream === undefined || functionName === undefined) {
      throw new EdgeError(
        'In the cloud give both --stream and --function: they are outputs of the ingest stack.',
      );
    }
    const config = { ...(region && { region }), ...(profile && { profile }) };
    return opened({ stream, functionName, pause_ms: CLOUD_PAUSE_MS, kinesis: config, lambda: config });
  }
  const local = await findLocalSystem(options.system);
  if (!local?.lambda || !local.ingest) {
    throw new EdgeError(
      'No system is running on this machine: start it with npm start, or name the one in the cloud with --stream and --function (outputs of the ingest stack).',
    );
  }
  const config = { region: local.region, credentials: LOCAL_CREDENTIALS };
  return opened({
    stream: local.stream,
    functionName: local.ingest,
    pause_ms: 0,
    kinesis: { ...config, endpoint: local.kinesis },
    lambda: { ...config, endpoint: local.lambda },
  });
}

function opened({
  stream,
  functionName,
  pause_ms,
  ...configs
}: {
  stream: string;
  functionName: string;
  pause_ms: number;
  kinesis: ConstructorParameters<typeof KinesisClient>[0];
  lambda: ConstructorParameters<typeof LambdaClient>[0];
}): OpenStream {
  // HTTP/1.1, because the local engine sometimes aborts HTTP/2 connections.
  const kinesis = new KinesisClient({
    requestHandler: new NodeHttpHandler(),
    maxAttempts: 8,
    ...configs.kinesis,
  });
  const ingest = openIngest(functionName, configs.lambda);
  return {
    kinesis,
    stream,
    pause_ms,
    async invoke(event) {
      const { batchItemFailures } = await ingest.invoke(event);
      return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
    },
    close() {
      kinesis.destroy();
      ingest.close();
    },
  };
}

/** The ingest function, to replay records through. */
export interface OpenIngest {
  /** Runs ingest and waits for its answer. @throws EdgeError if the function fails */
  invoke(event: ReplayEvent): Promise<ReplayAnswer>;
  close(): void;
}

/**
 * @param config of the client: region and profile in the cloud, credentials and endpoint on this
 * machine
 */
export function openIngest(
  functionName: string,
  config: ConstructorParameters<typeof LambdaClient>[0],
): OpenIngest {
  const lambda = new LambdaClient({
    maxAttempts: 5,
    requestHandler: { connectionTimeout: 3000, requestTimeout: INVOKE_TIMEOUT_MS },
    ...config,
  });
  return {
    async invoke(event) {
      const answer = await lambda.send(
        new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(event) }),
      );
      const payload = Buffer.from(answer.Payload ?? []).toString();
      const parsed =
        answer.FunctionError === undefined ? answerSchema.safeParse(tryParseJson(payload)) : undefined;
      if (parsed?.success) return parsed.data;
      throw new EdgeError(
        `The function ${functionName} failed on a replay (${payload.slice(0, 300)}): see its log. Repeat the same command to continue from there.`,
      );
    },
    close: () => lambda.destroy(),
  };
}
