import type { S3Client } from '@aws-sdk/client-s3';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { answersReader } from '../../core/export/answers-reader.ts';
import { exportFiles } from '../../core/export/export-files.ts';
import type { ExportReader } from '../../core/export/export-reader.ts';
import { type ExportRunContext, type RunOutcome, runExport } from '../../core/export/run-export.ts';
import { s3LinkSigner } from '../../core/export/s3-link-signer.ts';
import { type FlowObjects, flowObjects } from '../../core/flows/flow-objects.ts';
import { DEFAULT_RETENTION } from '../../core/history/resolution.ts';
import type { StoreContext } from '../../core/storage/store-context.ts';
import { type ApiUnderTest, makeApi } from './api.ts';
import { BUCKET, type LocalS3, startLocalS3 } from './local-s3.ts';
import { asFunction } from './rights/as-function.ts';
import { createTables, type TestTables } from './tables.ts';

const RUN_MS = 300_000;

/** The settings in the function's environment. */
export const KEPT = { retention: DEFAULT_RETENTION, flow_log_ttl_hours: 24 };

export interface RunOptions {
  /** Replaces the bed's own client, for example by one whose calls fail. */
  client?: DynamoDBDocumentClient;
  s3?: S3Client;
  /** Replaces the resolvers. */
  reader?: ExportReader;
  part_bytes?: number;
  /** The time for which the run works before it hands over, milliseconds by the bed's clock. */
  work_ms?: number;
  dispatch?: (export_id: string) => Promise<void>;
}

export interface ExportBed extends TestTables {
  s3: LocalS3;
  /** The flow log, in the same bucket. */
  flow_objects: FlowObjects;
  api: ApiUnderTest;
  /** Exports for which the function was invoked and has not started yet. */
  dispatched: string[];
  /** One call of the export function. */
  run(export_id: string, options?: RunOptions): Promise<RunOutcome>;
  /** Calls of the function until nothing is dispatched any more. */
  runAll(options?: RunOptions): Promise<RunOutcome[]>;
  context(): StoreContext;
  close(): Promise<void>;
}

/**
 * Tables, a bucket, the API and the export function, each real, in one process and under the API's
 * clock.
 */
export async function makeExportBed(given: { min_part_bytes?: number } = {}): Promise<ExportBed> {
  const tables = await createTables();
  const dispatched: string[] = [];
  const dispatcher = { dispatch: async (id: string) => void dispatched.push(id) };
  let api: ApiUnderTest | undefined;
  const clock = (): number => api?.now ?? 0;
  const s3 = await startLocalS3({ clock, ...given });
  const signer = s3LinkSigner(s3.client, BUCKET);
  const flow_objects = flowObjects(s3.client, BUCKET);
  api = makeApi(tables, { flow_objects, exports: { dispatcher, signer, retention_days: 7 } });

  const context = (): StoreContext => ({
    client: tables.client,
    tables: tables.tables,
    clock,
    sleep: async ms => {
      api.now += Math.ceil(ms);
    },
    random: () => 0,
    deadline: clock() + RUN_MS,
  });

  async function run(export_id: string, options: RunOptions = {}): Promise<RunOutcome> {
    const { client = tables.client, reader, part_bytes, work_ms = RUN_MS / 2 } = options;
    const given = { ...context(), client };
    const work_until = clock() + work_ms;
    const run: ExportRunContext = {
      ...given,
      files: exportFiles(options.s3 ?? s3.client, BUCKET),
      dispatcher: options.dispatch ? { dispatch: options.dispatch } : dispatcher,
      reader: ({ started_ms, owner }) =>
        reader ?? answersReader({ context: given, ...KEPT, flow_objects }, { started_ms, owner, work_until }),
      work_until,
      lease_until_ms: clock() + RUN_MS + 5000,
      ...(part_bytes !== undefined && { part_bytes }),
    };
    return asFunction('export', () => runExport(run, export_id));
  }

  return {
    ...tables,
    s3,
    flow_objects,
    api,
    dispatched,
    context,
    run,
    async runAll(options) {
      const outcomes: RunOutcome[] = [];
      for (let id = dispatched.shift(); id !== undefined; id = dispatched.shift()) {
        outcomes.push(await run(id, options));
      }
      return outcomes;
    },
    async close() {
      await s3.close();
      await tables.drop();
    },
  };
}
