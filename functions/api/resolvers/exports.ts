import { z } from 'zod';
import { authorize } from '../../../core/access/roles.ts';
import { checkKnown } from '../../../core/answers/check-known.ts';
import { idArgument } from '../../../core/answers/id-argument.ts';
import { Unauthorized } from '../../../core/errors.ts';
import { cancelExport } from '../../../core/export/cancel-export.ts';
import type { ExportJob } from '../../../core/export/export-job.ts';
import { trafficFilterOf } from '../../../core/export/export-request.ts';
import { listJobs } from '../../../core/export/job-store.ts';
import { linkExport } from '../../../core/export/link-export.ts';
import { readOwnedExport } from '../../../core/export/owned-export.ts';
import { startExport } from '../../../core/export/start-export.ts';
import { clientToken } from '../../../core/storage/commit-once.ts';
import { timestamp } from '../../../core/storage/store-context.ts';
import type { ExportInput, Export as PresentedExport } from '../../../graphql/schema.generated.ts';
import { COSTS } from '../costs.ts';
import { parseExportInput, queryBehind } from '../export-input.ts';
import { pageArguments } from '../page-arguments.ts';
import { type Resolvers, resolver } from '../resolver.ts';

type ExportOperation =
  | 'Query.export'
  | 'Query.exports'
  | 'Mutation.startExport'
  | 'Mutation.exportLink'
  | 'Mutation.cancelExport';

const byId = z.object({ id: idArgument });

const target = ({ id }: { id: string }): string => `export:${id}`;

export const exportResolvers: Pick<Resolvers, ExportOperation> = {
  'Query.export': resolver({
    arguments: byId,
    target,
    resolve: async ({ id }, { context, caller }) =>
      present(await readOwnedExport(context, { caller, export_id: id })),
  }),

  'Query.exports': resolver({
    arguments: z.object({ ...pageArguments, everybody: z.boolean().nullish() }),
    async resolve({ limit, next_token, everybody }, { context, caller }) {
      if (everybody && !caller.groups.includes('admin')) {
        throw new Unauthorized('everybody is for group admin: leave it out to see your own exports.');
      }
      const owner = everybody ? undefined : caller.sub;
      const page = await listJobs(context, { owner, limit, next_token });
      return { items: page.items.map(present), next_token: page.next_token };
    },
  }),

  'Mutation.startExport': resolver({
    arguments: z.object({ input: z.custom<ExportInput>(), client_token: clientToken }),
    cost: () => COSTS.export,
    async resolve({ input, client_token }, call) {
      const { context, caller, exports } = call;
      const request = parseExportInput(input, call);
      authorize(queryBehind(request), caller);
      await checkKnown(call, trafficFilterOf(request));
      const { dispatcher, retention_days } = exports;
      const repeatable = { client_token, given: input };
      return present(
        await startExport(context, { actor: caller, request, retention_days, dispatcher, ...repeatable }),
      );
    },
  }),

  'Mutation.exportLink': resolver({
    arguments: byId,
    target,
    async resolve({ id }, { context, caller, exports: { signer } }) {
      const { url, expires_ms, audit_id, job } = await linkExport(context, {
        actor: caller,
        export_id: id,
        signer,
      });
      const { file_name, bytes } = job;
      return { url, expires_at: timestamp(expires_ms), file_name, bytes, audit_id };
    },
  }),

  'Mutation.cancelExport': resolver({
    arguments: byId,
    target,
    resolve: async ({ id }, { context, caller, exports: { dispatcher } }) =>
      present(await cancelExport(context, { actor: caller, export_id: id, dispatcher })),
  }),
};

function present(job: ExportJob): PresentedExport {
  const { request, status, rows, bytes, file_name, owner } = job;
  const { kind, format, from, to } = request;
  return {
    id: job.export_id,
    kind,
    format: format === 'csv' ? 'CSV' : 'JSONL',
    from: timestamp(from),
    to: timestamp(to),
    status,
    progress: job.share,
    rows,
    bytes,
    file_name,
    started_at: timestamp(job.started_ms),
    finished_at: job.finished_ms === undefined ? null : timestamp(job.finished_ms),
    expires_at: timestamp(job.expires_at * 1000),
    error: job.error ?? null,
    owner,
  };
}
