import type { KinesisClient } from '@aws-sdk/client-kinesis';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { LOCAL_CREDENTIALS } from '../../core/local-credentials.ts';
import { makeDocumentClient } from '../../core/storage/document-client.ts';
import { EdgeError } from '../../edge/edge-error.ts';
import { kinesisClient } from '../../edge/system/kinesis-client.ts';
import { findLocalSystem } from '../../edge/system/local-system.ts';
import { localTable } from '../local-table.ts';
import { type OpenIngest, openIngest } from '../stream/open-stream.ts';

/** The system whose quarantine is used. */
export interface SystemOptions {
  /** In the cloud: names from the outputs of the stacks. */
  table?: string;
  stream?: string;
  function?: string;
  region?: string;
  profile?: string;
  /** The `.local` folder of a running local system. */
  system: string;
}

export interface OpenQuarantine {
  client: DynamoDBDocumentClient;
  tables: { traffic: string };
  kinesis: KinesisClient;
  /** Undefined if records can be shown but not sent. */
  stream: string | undefined;
  /**
   * Sends records to ingest with their time of arrival; without it they are put into the stream and
   * arrive now.
   */
  ingest: OpenIngest | undefined;
  close(): void;
}

/** @throws EdgeError when no system is named and none is running on this machine */
export async function openQuarantine(options: SystemOptions): Promise<OpenQuarantine> {
  const { table, stream, function: functionName, region, profile } = options;
  if (table !== undefined) {
    const config = { ...(region && { region }), ...(profile && { profile }) };
    return opened({
      client: makeDocumentClient(config),
      kinesis: kinesisClient(config),
      tables: { traffic: table },
      stream,
      ingest: functionName === undefined ? undefined : openIngest(functionName, config),
    });
  }
  const local = await findLocalSystem(options.system);
  if (!local?.dynamodb) {
    throw new EdgeError(
      'No system is running on this machine: start it with npm start, or name the one in the cloud with --table and --stream (outputs of its stacks).',
    );
  }
  const config = { region: local.region, credentials: LOCAL_CREDENTIALS };
  const client = makeDocumentClient({ ...config, endpoint: local.dynamodb });
  return opened({
    client,
    kinesis: kinesisClient({ ...config, endpoint: local.kinesis }),
    tables: { traffic: await localTable(client, 'traffic') },
    stream: local.stream,
    ingest:
      local.lambda && local.ingest
        ? openIngest(local.ingest, { ...config, endpoint: local.lambda })
        : undefined,
  });
}

function opened(parts: Omit<OpenQuarantine, 'close'>): OpenQuarantine {
  return {
    ...parts,
    close() {
      parts.client.destroy();
      parts.kinesis.destroy();
      parts.ingest?.close();
    },
  };
}
