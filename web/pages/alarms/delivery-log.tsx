import { useList } from '../../data/use-list.ts';
import { Time } from '../../parts/figures.tsx';
import { UNKNOWN } from '../../parts/format.ts';
import { More } from '../../parts/more.tsx';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import { Status, type StatusKind } from '../../parts/status.tsx';
import { type Column, VirtualTable } from '../../parts/table/virtual-table.tsx';
import { DELIVERIES, type DeliveryRow, type DestinationRow } from './operations.ts';

/** How often the log is reloaded while it is visible. */
const REFRESH_MS = 10_000;

/** Deliveries to a destination in the last 30 days, with the result of each last attempt. */
export function DeliveryLog({ destination: { id, name } }: { destination: DestinationRow }) {
  const list = useList(
    DELIVERIES,
    { destination_id: id },
    { pick: data => data.deliveries, everyMs: REFRESH_MS },
  );
  return (
    <Panel title={`Log of ${name}`} flush>
      <Loaded data={list.items} error={list.error} onRetry={list.retry}>
        {rows =>
          rows.length === 0 ? (
            <Empty>Nothing was sent in the last 30 days. Send a test: it arrives within a minute.</Empty>
          ) : (
            <>
              <VirtualTable
                label={`Deliveries to ${name}`}
                columns={COLUMNS}
                rows={rows}
                rowId={row => row.id}
              />
              <More list={list} />
            </>
          )
        }
      </Loaded>
    </Panel>
  );
}

const EVENTS: Record<DeliveryRow['event'], string> = { BEGAN: 'Raised', ENDED: 'Cleared', TEST: 'Test' };

const STATUS: Record<DeliveryRow['status'], { kind: StatusKind; word: string }> = {
  DELIVERED: { kind: 'good', word: 'Delivered' },
  PENDING: { kind: 'warn', word: 'Retrying' },
  GIVEN_UP: { kind: 'bad', word: 'Given up' },
};

const COLUMNS: readonly Column<DeliveryRow>[] = [
  { id: 'at', head: 'Since', width: '112px', cell: ({ created_at }) => <Time at={created_at} relative /> },
  { id: 'event', head: 'Event', width: '72px', cell: ({ event }) => EVENTS[event] },
  {
    id: 'title',
    head: 'Alarm',
    width: 'minmax(160px, 3fr)',
    cell: ({ title }) => (
      <bdi className="clip" title={title}>
        {title}
      </bdi>
    ),
  },
  {
    id: 'status',
    head: 'State',
    width: '128px',
    cell: ({ status }) => <Status kind={STATUS[status].kind}>{STATUS[status].word}</Status>,
  },
  { id: 'attempts', head: 'Attempts', width: '96px', end: true, cell: ({ attempts }) => attempts },
  {
    id: 'answer',
    head: 'Answer',
    width: 'minmax(96px, 2fr)',
    cell: ({ answer_code, error }) => (
      <span className="clip" title={error ?? undefined}>
        {answer_code ?? error ?? UNKNOWN}
      </span>
    ),
  },
  {
    id: 'next',
    head: 'Next',
    width: '112px',
    cell: ({ next_attempt_at }) => (next_attempt_at ? <Time at={next_attempt_at} /> : ''),
  },
];
