import { useMemo } from 'react';
import { useTimeRange } from '../../address/time-range.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { Bytes } from '../../parts/figures.tsx';
import { percent } from '../../parts/format.ts';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import { SaveButtons } from '../../parts/save-buttons.tsx';
import { type Column, VirtualTable } from '../../parts/table/virtual-table.tsx';
import type { FileColumn } from '../../parts/table-file.ts';
import { FlowDiagram } from './flow-diagram.tsx';
import { flowGraph, STAGES } from './flow-graph.ts';
import { TRAFFIC_WAYS, type WaysAnswer } from './operations.ts';
import { FIELDS } from './traffic-address.ts';
import { type Names, useNames } from './use-names.ts';
import { useTraffic } from './use-traffic.ts';

/** Nodes of a stage that are drawn; the others are one. */
const SHOWN = 8;

const TITLES = STAGES.map(stage => FIELDS[stage].one);

/** Which site's traffic goes by which policy over which endpoint. */
export function WaysView() {
  const { from, to } = useTimeRange();
  const { filter, only } = useTraffic();
  const names = useNames();
  const answer = useAnswer(
    TRAFFIC_WAYS,
    { from, to, filter },
    { keepPrevious: true, changedBy: ['BOOT', 'CHANGE_UNDONE'] },
  );
  const stats = answer.data?.data.trafficStats;
  const rows = useMemo(() => stats && wayRows(stats), [stats]);
  const graph = useMemo(() => rows && flowGraph(rows, SHOWN), [rows]);
  const retry = () => void answer.refetch();
  return (
    <>
      <Panel title="Site → policy → endpoint">
        <Loaded data={graph} error={answer.error} onRetry={retry} height={308}>
          {drawn =>
            drawn.nodes.length === 0 ? (
              <Empty>Nothing was counted in this range for what is asked.</Empty>
            ) : (
              <FlowDiagram
                graph={drawn}
                stages={TITLES}
                name={({ stage, id }) => (id === null ? 'Others' : names.of(STAGES[stage]!, id))}
                onChoose={({ stage, id }) => id !== null && only(STAGES[stage]!, id)}
              />
            )
          }
        </Loaded>
      </Panel>
      <Panel
        title="Ways"
        actions={<SaveButtons of="Ways of traffic" columns={fileColumns(names)} rows={rows} />}
        flush
      >
        <Loaded data={rows} error={answer.error} onRetry={retry}>
          {known => (
            <VirtualTable
              label="Ways of traffic"
              columns={columnsOf(names)}
              rows={known}
              rowId={({ ids }) => JSON.stringify(ids)}
              maxRows={24}
            />
          )}
        </Loaded>
      </Panel>
    </>
  );
}

interface WayRow {
  ids: (string | null)[];
  bytes: bigint;
  /** Of the total, 0 to 1. */
  share: number;
}

/** The ways, the largest first, and what is behind them as one. */
function wayRows({ rows, other, other_rows, total }: WaysAnswer): WayRow[] {
  const share = (bytes: bigint) => Number(bytes) / Math.max(1, Number(total.bytes_exact));
  const all = rows.map(({ site_id, policy_id, endpoint_id, bytes_exact }) => ({
    ids: [site_id, policy_id, endpoint_id],
    bytes: BigInt(bytes_exact),
  }));
  const rest = { ids: STAGES.map(() => null), bytes: BigInt(other.bytes_exact) };
  return [...all, ...(other_rows > 0 ? [rest] : [])].map(row => ({ ...row, share: share(row.bytes) }));
}

function columnsOf(names: Names): Column<WayRow>[] {
  return [
    ...STAGES.map(
      (stage, index): Column<WayRow> => ({
        id: stage,
        head: FIELDS[stage].one,
        width: 'minmax(112px, 1fr)',
        cell: ({ ids }) =>
          ids[index] === null ? (
            <span className="muted">Others</span>
          ) : (
            <bdi className="clip">{names.of(stage, ids[index]!)}</bdi>
          ),
      }),
    ),
    {
      id: 'bytes',
      head: 'Carried',
      width: '104px',
      end: true,
      cell: ({ bytes }) => <Bytes exact={String(bytes)} />,
    },
    { id: 'share', head: 'Share', width: '80px', end: true, cell: ({ share }) => percent(share * 100) },
  ];
}

function fileColumns(names: Names): FileColumn<WayRow>[] {
  return [
    ...STAGES.flatMap((stage, index): FileColumn<WayRow>[] => [
      { name: `${stage}_id`, value: ({ ids }) => ids[index] },
      {
        name: `${stage}_name`,
        value: ({ ids }) => (ids[index] == null ? null : names.of(stage, ids[index])),
      },
    ]),
    { name: 'bytes', value: ({ bytes }) => bytes },
    { name: 'share', value: ({ share }) => share },
  ];
}
