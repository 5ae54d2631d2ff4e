import { Link } from '@tanstack/react-router';
import { useList } from '../../data/use-list.ts';
import { namedTitle } from '../../panels/named-title.ts';
import { Time } from '../../parts/figures.tsx';
import { More } from '../../parts/more.tsx';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import { type Column, VirtualTable } from '../../parts/table/virtual-table.tsx';
import { BY_ITSELF, HAPPENED, type HappenedEvent } from '../changes/operations.ts';
import { addressOf } from '../now/address-of.ts';

/** Prefixes of the events that raise or clear an alarm. */
const TYPES = BY_ITSELF.filter(type => !type.startsWith('EXPORT_'));

/** Alarms raised and cleared in the last 30 days, the newest first. */
export function PastAlarms() {
  const list = useList(HAPPENED, { types: TYPES }, { pick: data => data.events, changedBy: TYPES });
  return (
    <Panel title="Last 30 days" flush>
      <Loaded data={list.items} error={list.error} onRetry={list.retry}>
        {events =>
          events.length === 0 ? (
            <Empty>No alarm was raised or cleared in the last 30 days.</Empty>
          ) : (
            <>
              <VirtualTable
                label="Alarms raised and cleared"
                columns={COLUMNS}
                rows={events}
                rowId={({ id }) => id}
                maxRows={20}
              />
              <More list={list} />
            </>
          )
        }
      </Loaded>
    </Panel>
  );
}

const COLUMNS: readonly Column<HappenedEvent>[] = [
  { id: 'at', head: 'At', width: '168px', cell: ({ timestamp }) => <Time at={timestamp} /> },
  {
    id: 'what',
    head: 'What',
    width: 'minmax(200px, 1fr)',
    cell: ({ title, target, target_name }) => {
      if (!target) return <bdi className="clip">{title}</bdi>;
      const { to, search } = addressOf(target, null);
      const text = namedTitle(title, target, target_name);
      return (
        <Link className="clip" to={to} search={search as never} title={text}>
          <bdi>{text}</bdi>
        </Link>
      );
    },
  },
];
