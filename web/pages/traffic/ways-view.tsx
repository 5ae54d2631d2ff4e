import type { UseQueryResult } from '@tanstack/react-query';
import type { TadaDocumentNode } from 'gql.tada';
import { useMemo } from 'react';
import { useAddress } from '../../address/search.ts';
import { useTimeRange } from '../../address/time-range.ts';
import type { Answer } from '../../data/ask.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { Bytes } from '../../parts/figures.tsx';
import { percent } from '../../parts/format.ts';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import { SaveButtons } from '../../parts/save-buttons.tsx';
import { type Column, VirtualTable } from '../../parts/table/virtual-table.tsx';
import type { FileColumn } from '../../parts/table-file.ts';
import { Tabs } from '../../parts/tabs.tsx';
import { FlowDiagram } from './flow-diagram.tsx';
import { flowGraph, STAGES, STAGES_OF_FLOWS, type Stage } from './flow-graph.ts';
import { TRAFFIC_WAYS, TRAFFIC_WAYS_OF_FLOWS } from './operations.ts';
import { type ApiFilter, FIELDS } from './traffic-address.ts';
import { type Names, useNames } from './use-names.ts';
import { useTraffic } from './use-traffic.ts';
import { type WayRow, waysOfCounters, waysOfFlows } from './way-rows.ts';

/** The number of nodes that are drawn in a stage; the others are one node. */
const SHOWN = 8;

/** Traffic by site, policy and endpoint, and on request by destination network. */
export function WaysView() {
  const [{ ends }] = useAddress();
  return ends === 'prefix' ? <WaysOfFlows /> : <WaysOfCounters />;
}

/** From the counters, which are complete. */
function WaysOfCounters() {
  const answer = useWays(TRAFFIC_WAYS);
  const stats = answer.data?.data.trafficStats;
  const rows = useMemo(() => stats && waysOfCounters(stats), [stats]);
  return <Ways stages={STAGES} rows={rows} error={answer.error} onRetry={() => void answer.refetch()} />;
}

/** From the flow log, with the traffic that it lacks. */
function WaysOfFlows() {
  const answer = useWays(TRAFFIC_WAYS_OF_FLOWS);
  const stats = answer.data?.data.flowStats;
  const rows = useMemo(() => stats && waysOfFlows(stats), [stats]);
  return (
    <Ways stages={STAGES_OF_FLOWS} rows={rows} error={answer.error} onRetry={() => void answer.refetch()} />
  );
}

interface WaysProps {
  stages: readonly Stage[];
  rows: readonly WayRow[] | undefined;
  error: Error | null;
  onRetry(): void;
}

function Ways({ stages, rows, error, onRetry }: WaysProps) {
  const [{ ends }, setAddress] = useAddress();
  const { only } = useTraffic();
  const names = useNames();
  const graph = useMemo(() => rows && flowGraph(rows, SHOWN, stages), [rows, stages]);
  const titles = stages.map(titleOf);
  const choice = (
    <Tabs
      label="Last stage"
      tabs={[
        { id: 'endpoint', title: 'Up to the endpoint' },
        { id: 'prefix', title: 'Up to the network' },
      ]}
      chosen={ends === 'prefix' ? 'prefix' : 'endpoint'}
      onChoose={id => setAddress({ ends: id === 'prefix' ? id : undefined })}
    />
  );
  return (
    <>
      <Panel title={titles.join(' → ')} actions={choice}>
        <Loaded data={graph} error={error} onRetry={onRetry} height={308}>
          {drawn =>
            drawn.nodes.length === 0 ? (
              <Empty>No traffic was counted in this range for this filter.</Empty>
            ) : (
              <FlowDiagram
                graph={drawn}
                stages={stages.map(stage => ({ title: titleOf(stage), chooses: stage !== 'prefix' }))}
                name={({ stage, id }) => (id === null ? 'Others' : nameOf(names, stages[stage]!, id))}
                onChoose={({ stage, id }) => {
                  const field = stages[stage]!;
                  if (id !== null && field !== 'prefix') only(field, id);
                }}
              />
            )
          }
        </Loaded>
      </Panel>
      <Panel
        title="Breakdown"
        actions={<SaveButtons of="Breakdown of traffic" columns={fileColumns(stages, names)} rows={rows} />}
        flush
      >
        <Loaded data={rows} error={error} onRetry={onRetry}>
          {known => (
            <VirtualTable
              label="Breakdown of traffic"
              columns={columnsOf(stages, names)}
              rows={known}
              rowId={({ kind, ids }) => JSON.stringify([kind, ids])}
              maxRows={24}
            />
          )}
        </Loaded>
      </Panel>
    </>
  );
}

/** The answer to a query for the page's range and filter. */
function useWays<Data>(
  query: TadaDocumentNode<Data, { from: string; to: string; filter?: ApiFilter }>,
): UseQueryResult<Answer<Data>> {
  const { from, to } = useTimeRange();
  const { filter } = useTraffic();
  return useAnswer(query, { from, to, filter }, { keepPrevious: true, changedBy: ['BOOT', 'CHANGE_UNDONE'] });
}

function titleOf(stage: Stage): string {
  return stage === 'prefix' ? 'Network' : FIELDS[stage].one;
}

function nameOf(names: Names, stage: Stage, id: string): string {
  return stage === 'prefix' ? id : names.of(stage, id);
}

function columnsOf(stages: readonly Stage[], names: Names): Column<WayRow>[] {
  return [
    ...stages.map(
      (stage, index): Column<WayRow> => ({
        id: stage,
        head: titleOf(stage),
        width: 'minmax(112px, 1fr)',
        cell: ({ kind, ids }) =>
          ids[index] == null ? (
            <span className="muted">{kind === 'UNLOGGED' ? 'Not in the flow log' : 'Others'}</span>
          ) : (
            <bdi className="clip">{nameOf(names, stage, ids[index])}</bdi>
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

function fileColumns(stages: readonly Stage[], names: Names): FileColumn<WayRow>[] {
  return [
    ...stages.flatMap((stage, index): FileColumn<WayRow>[] => [
      { name: `${stage}_id`, value: ({ ids }) => ids[index] },
      {
        name: `${stage}_name`,
        value: ({ ids }) => (ids[index] == null ? null : nameOf(names, stage, ids[index])),
      },
    ]),
    { name: 'bytes', value: ({ bytes }) => bytes },
    { name: 'share', value: ({ share }) => share },
  ];
}
