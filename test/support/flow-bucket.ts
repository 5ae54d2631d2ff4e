import { type FlowObjects, flowObjects } from '../../core/flows/flow-objects.ts';
import type { IngestContext } from '../../core/ingest/ingest-context.ts';
import { systemSchedule } from '../../core/time/schedule.ts';
import { BUCKET, type LocalS3, startLocalS3 } from './local-s3.ts';

export interface FlowBucket {
  objects: FlowObjects;
  s3: LocalS3;
  /** Passed to ingest, so that it logs flows here. */
  flow_log: NonNullable<IngestContext['flow_log']>;
  /** Used as the project's folder: the bucket is under `.local/` in it. */
  project_folder: string;
  /** Names of all objects. */
  keys(prefix?: string): Promise<string[]>;
  /** Deletes every object. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** An empty bucket for the flow log in the local S3. Call `close` at the end. */
export async function makeFlowBucket(): Promise<FlowBucket> {
  // As in a running system, so that the commands of docs/flows.md run unchanged.
  const s3 = await startLocalS3({ bucket_folder: '.local/scratch/buckets/patronusflowlog-flowlogfiles' });
  const objects = flowObjects(s3.client, BUCKET);
  const keys = async (prefix = ''): Promise<string[]> => (await objects.list(prefix)).map(({ key }) => key);
  return {
    objects,
    s3,
    flow_log: { objects, schedule: systemSchedule },
    project_folder: s3.temporary,
    keys,
    clear: async () => objects.delete(await keys()),
    close: () => s3.close(),
  };
}
