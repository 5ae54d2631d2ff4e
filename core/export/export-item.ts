import { z } from 'zod';
import { callerSchema } from '../access/caller.ts';
import { LANE_GROUPS, ORDERS } from '../history/aggregate.ts';
import { RESOLUTION_NAMES } from '../history/resolution.ts';
import { APPLICATION_CLASSES } from '../policy/application-class.ts';
import { EXPORT_FORMATS } from '../rows/table.ts';
import type { Item } from '../storage/item.ts';
import { timestamp } from '../storage/store-context.ts';
import { EXPORT_STATUS, type ExportJob, exportKey } from './export-job.ts';
import {
  EXPORT_FLOW_GROUPS,
  EXPORT_KINDS,
  exportRequest,
  type SettledRequest,
  settledHistory,
} from './export-request.ts';

/** A stored export in a form that neither this release nor an earlier one has written. */
export class UnreadableExport extends Error {
  override readonly name = 'UnreadableExport';

  constructor(export_id: string, options: ErrorOptions) {
    super(`The stored export ${JSON.stringify(export_id)} can't be read.`, options);
  }
}

/** The item of an export: the job, with the instants of its request in RFC 3339. */
export function exportItem(job: ExportJob): Item {
  return { ...exportKey(job.export_id), ...job, request: storedRequest(job.request) };
}

/** A request in the form of the item and of the audit log. */
export function storedRequest({ kind, format, from, to, ...fields }: SettledRequest): Item {
  return { kind, format, from: timestamp(from), to: timestamp(to), ...fields };
}

/** @throws UnreadableExport */
export function parseExport(item: Item): ExportJob {
  const { data, error } = exportSchema.safeParse(item);
  if (error) throw new UnreadableExport(String(item.sk), { cause: error });
  return data;
}

const instant = z
  .string()
  .transform(text => Date.parse(text))
  .refine(ms => Number.isFinite(ms), 'must be an instant');

const text = z.string().optional();

const requestSchema = z
  .object({
    kind: z.enum(EXPORT_KINDS),
    format: z.enum(EXPORT_FORMATS),
    from: instant,
    to: instant,
    policy_id: text,
    site_id: text,
    endpoint_id: text,
    edge_id: text,
    resolution: z.enum(RESOLUTION_NAMES).optional(),
    group_by: z.union([z.array(z.enum(LANE_GROUPS)), z.array(z.enum(EXPORT_FLOW_GROUPS))]).optional(),
    order_by: z.enum(ORDERS).optional(),
    address: text,
    port: z.number().optional(),
    protocol: z.number().optional(),
    application: z.enum(APPLICATION_CLASSES).optional(),
    actor: text,
    action: text,
    target: text,
  })
  .transform(({ kind, ...given }, context): SettledRequest => {
    const request = exportRequest(kind, given);
    if (request.kind !== 'HISTORY') return request;
    const { from, to, resolution } = given;
    if (resolution !== undefined) return settledHistory(request, { from, to, resolution });
    context.addIssue('a history has a resolution once its range is settled');
    return z.NEVER;
  });

const checkpointSchema = z.object({
  position: z.string().nullable(),
  rows: z.number(),
  bytes: z.number(),
  parts: z.array(z.string()),
  tail_key: z.string().nullable(),
  finished: z.boolean(),
});

const exportSchema = z.object({
  export_id: z.string(),
  request: requestSchema,
  owner: callerSchema,
  status: z.enum(Object.values(EXPORT_STATUS)),
  file_name: z.string(),
  named_columns: z.boolean().default(false),
  object_key: z.string(),
  started_ms: z.number(),
  finished_ms: z.number().optional(),
  expires_at: z.number(),
  share: z.number(),
  rows: z.number(),
  bytes: z.number(),
  error: text,
  run_id: text,
  lease_until_ms: z.number(),
  tries: z.number(),
  upload_id: text,
  checkpoint: checkpointSchema,
});
