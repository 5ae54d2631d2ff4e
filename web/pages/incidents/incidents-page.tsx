import { Link, useParams } from '@tanstack/react-router';
import { useList } from '../../data/use-list.ts';
import { actorName } from '../../panels/change-words.ts';
import { Time } from '../../parts/figures.tsx';
import { More } from '../../parts/more.tsx';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import { type Column, VirtualTable } from '../../parts/table/virtual-table.tsx';
import { IncidentDetail } from './incident-detail.tsx';
import { INCIDENTS, type IncidentRow } from './operations.ts';

/** Frozen incidents to share: the list, or one of them. */
export function Page() {
  const { incident_id } = useParams({ strict: false }) as { incident_id?: string };
  return incident_id === undefined ? <IncidentList /> : <IncidentDetail key={incident_id} id={incident_id} />;
}

function IncidentList() {
  const list = useList(
    INCIDENTS,
    {},
    { pick: data => data.incidents, changedBy: ['INCIDENT', 'CHANGE_UNDONE'] },
  );
  return (
    <div className="page">
      <div className="page-head">
        <h1>Incidents</h1>
      </div>
      <Panel title="Frozen incidents" flush>
        <Loaded data={list.items} error={list.error} onRetry={list.retry}>
          {items =>
            items.length === 0 ? (
              <Empty>
                None yet. The page{' '}
                <Link to="/changes" search={{ show: 'between' } as never}>
                  Changes
                </Link>{' '}
                compares two instants, and freezes what was known of them.
              </Empty>
            ) : (
              <>
                <VirtualTable
                  label="Incidents"
                  columns={COLUMNS}
                  rows={items}
                  rowId={({ id }) => id}
                  maxRows={20}
                />
                <More list={list} />
              </>
            )
          }
        </Loaded>
      </Panel>
    </div>
  );
}

const COLUMNS: readonly Column<IncidentRow>[] = [
  {
    id: 'name',
    head: 'Incident',
    width: 'minmax(160px, 2fr)',
    cell: ({ id, name }) => (
      <Link to={`/incidents/${id}`}>
        <bdi>{name}</bdi>
      </Link>
    ),
  },
  { id: 'from', head: 'From', width: 'minmax(168px, 1fr)', cell: ({ from }) => <Time at={from} /> },
  { id: 'to', head: 'To', width: 'minmax(168px, 1fr)', cell: ({ to }) => <Time at={to} /> },
  {
    id: 'by',
    head: 'By',
    width: 'minmax(120px, 1fr)',
    cell: ({ created_by }) => <bdi>{actorName(created_by)}</bdi>,
  },
  { id: 'at', head: 'Frozen', width: '112px', cell: ({ created_at }) => <Time at={created_at} relative /> },
];
