import { PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { z } from 'zod';
import { encodeReport } from '../../../../core/report/encode-report.ts';
import type { Report } from '../../../../core/report/report.ts';
import { EdgeError } from '../../../../edge/edge-error.ts';
import { eventually } from '../eventually.ts';
import { type Bench, madeOf, type SmokeStep } from '../smoke-step.ts';

/**
 * Totals since boot of each report, in the order in which they are sent: one is repeated, one is
 * late.
 */
const SENT = [
  { seq: 1, packets: 1_001n, bytes: 640_013n },
  { seq: 3, packets: 3_007n, bytes: 1_923_917n },
  { seq: 2, packets: 2_003n, bytes: 1_280_029n },
  { seq: 3, packets: 3_007n, bytes: 1_923_917n },
] as const;

/** The expected count: the boot's last totals. */
const EXPECTED = { seq: 3, packets: 3_007n, bytes: 1_923_917n };

const COUNTED = 'query ($id: ID!) { edge(id: $id) { boot_id seq packets_exact bytes_exact } }';
const VOID = 'mutation ($id: ID!, $boot: ID!) { voidBoot(edge_id: $id, boot_id: $boot) { audit_id } }';

const answer = z.object({
  edge: z.object({
    boot_id: z.string().nullable(),
    seq: z.number().nullable(),
    packets_exact: z.string(),
    bytes_exact: z.string(),
  }),
});

/**
 * Lambda collects records for `ingest_window_seconds`, and the first call includes a cold start.
 */
const COUNTED_WITHIN_S = 180;
/** New permissions of a role take some time to become effective. */
const RIGHTS_WITHIN_S = 90;

export const countsStep: SmokeStep = {
  name: 'counts',
  proves: 'signed reports of a role that may put reports are counted exactly',
  needs: ['roles'],
  async run(bench) {
    const { edge_id } = madeOf(bench, 'edge');
    const boot_id = `smoke-${bench.run_id}`;
    const before = await readEdge(bench);
    const put = { begun: false };
    bench.undo(`counts of ${edge_id}`, async () => {
      if (!put.begun) return;
      // Waits for reports that are still in the stream, also when the test is interrupted.
      await counted({ ...bench, signal: new AbortController().signal }, boot_id);
      await madeOf(bench, 'admin').query(VOID, { id: edge_id, boot: boot_id });
    });
    await putReports(bench, boot_id, put);
    const after = await counted(bench, boot_id);
    const packets = BigInt(after.packets_exact) - BigInt(before.packets_exact);
    const bytes = BigInt(after.bytes_exact) - BigInt(before.bytes_exact);
    if (packets !== EXPECTED.packets || bytes !== EXPECTED.bytes) {
      throw new EdgeError(
        `${packets} packets and ${bytes} bytes were counted, but ${EXPECTED.packets} and ${EXPECTED.bytes} were sent.`,
      );
    }
    return `${SENT.length} records (one twice, one late) are ${packets} packets and ${bytes} bytes`;
  },
};

/** The edge after the last report of a boot is counted. */
function counted(bench: Bench, boot_id: string): Promise<z.infer<typeof answer>['edge']> {
  return eventually(bench, {
    what: 'the reports to be counted',
    limit_s: COUNTED_WITHIN_S,
    async look() {
      const edge = await readEdge(bench);
      return edge.boot_id === boot_id && edge.seq === EXPECTED.seq ? edge : undefined;
    },
  });
}

async function readEdge(bench: Bench): Promise<z.infer<typeof answer>['edge']> {
  const { edge_id: id } = madeOf(bench, 'edge');
  return answer.parse(await madeOf(bench, 'admin').query(COUNTED, { id })).edge;
}

/** Puts the records in one call, which keeps their order, after the permission is effective. */
async function putReports(bench: Bench, boot_id: string, put: { begun: boolean }): Promise<void> {
  const { system, clock } = bench;
  const { edge_id, sign } = madeOf(bench, 'edge');
  const { home } = madeOf(bench, 'network');
  const records = await Promise.all(
    SENT.map(async ({ seq, packets, bytes }) => {
      const report: Report = {
        ...{ v: 1, edge_id, site_id: home, boot_id, seq, part: 0, parts: 1 },
        ...{ sent_at: new Date(clock()).toISOString(), interval_s: 60, policies_version: '0' },
        policies: [{ policy_id: 'default', endpoint_id: 'wan1', packets, bytes, active_flows: 0 }],
        flows: [],
        paths: [],
      };
      const [part] = encodeReport(report);
      return { Data: await sign(part!.data), PartitionKey: edge_id };
    }),
  );
  const kinesis = system.kinesis(madeOf(bench, 'roles').edge);
  try {
    await eventually(bench, {
      what: "permission for the edge's role to put records",
      limit_s: RIGHTS_WITHIN_S,
      mayPass: isRefusal,
      async look() {
        put.begun = true;
        try {
          const { FailedRecordCount = 0 } = await kinesis.send(
            new PutRecordsCommand({ StreamName: system.stream, Records: records }),
          );
          return FailedRecordCount === 0 ? true : undefined;
        } catch (cause) {
          if (isRefusal(cause)) put.begun = false;
          throw cause;
        }
      },
    });
  } finally {
    kinesis.destroy();
  }
}

function isRefusal(cause: unknown): boolean {
  return (cause as Error).name === 'AccessDeniedException';
}
