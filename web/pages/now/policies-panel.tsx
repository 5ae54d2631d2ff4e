import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Figure } from '../../data/use-figures.ts';
import { Bytes, Count, Rate, Time } from '../../parts/figures.tsx';
import { Loaded, Panel } from '../../parts/panel.tsx';
import { Sparkline } from '../../parts/sparkline.tsx';
import { type Column, VirtualTable } from '../../parts/table/virtual-table.tsx';
import { sumOf } from './sum-of-figures.ts';
import type { Now } from './use-now.ts';

/** All traffic and the share of each policy, live, the highest rate first. */
export function PoliciesPanel({ now }: { now: Now }) {
  const { data, error, onRetry } = now.figures;
  const items = data?.items;
  const rows = useMemo(() => items && fastestFirst([...items.values()]), [items]);
  const series = now.throughput.data;
  const columns = useMemo(() => {
    const history = new Map(series?.groups.map(({ id, bits_per_second }) => [id, bits_per_second]));
    return columnsOf(id => history.get(id));
  }, [series]);
  return (
    <Panel
      title="All traffic"
      flush
      actions={
        data && (
          <span className="muted">
            As of <Time at={data.as_of} />
          </span>
        )
      }
    >
      <Loaded data={rows} error={error} onRetry={onRetry} height={448}>
        {policies => (
          <>
            <Totals figures={policies} />
            <VirtualTable
              label="Policies"
              columns={columns}
              rows={policies}
              rowId={({ id }) => id}
              maxRows={12}
            />
          </>
        )}
      </Loaded>
    </Panel>
  );
}

function Totals({ figures }: { figures: readonly Figure[] }) {
  const { rate, bytes, packets, active_flows } = useMemo(() => sumOf(figures), [figures]);
  return (
    <dl className="totals panel-body">
      <div>
        <dt>Throughput</dt>
        <dd>
          <Rate rate={rate} />
        </dd>
      </div>
      <div>
        <dt>Bytes</dt>
        <dd>
          <Bytes exact={bytes} />
        </dd>
      </div>
      <div>
        <dt>Packets</dt>
        <dd>
          <Count exact={packets} of="packets" />
        </dd>
      </div>
      <div>
        <dt>Active flows</dt>
        <dd>
          <Count exact={active_flows} of="active flows" />
        </dd>
      </div>
    </dl>
  );
}

/** `history`: the rates of a policy over the page's range; undefined if they are not queried. */
function columnsOf(history: (id: string) => readonly (number | null)[] | undefined): Column<Figure>[] {
  return [
    {
      id: 'name',
      head: 'Policy',
      width: 'minmax(128px, 1fr)',
      cell: ({ id, name }) => (
        <Link to="." search={(now: object) => ({ ...now, policy: id }) as never}>
          <bdi>{name ?? id}</bdi>
        </Link>
      ),
    },
    {
      id: 'history',
      head: 'Trend',
      width: '120px',
      cell: ({ id, name }) => {
        const values = history(id);
        return values && <Sparkline values={values} label={`Throughput of ${name ?? id} over the range`} />;
      },
    },
    {
      id: 'rate',
      head: 'Throughput',
      width: '104px',
      end: true,
      cell: ({ rate }) => <Rate rate={rate} />,
    },
    {
      id: 'bytes',
      head: 'Bytes',
      width: '88px',
      end: true,
      cell: ({ bytes_exact }) => <Bytes exact={bytes_exact} />,
    },
    {
      id: 'packets',
      head: 'Packets',
      width: '120px',
      end: true,
      cell: ({ packets_exact }) => <Count exact={packets_exact} of="packets" />,
    },
    {
      id: 'flows',
      head: 'Flows',
      width: '72px',
      end: true,
      cell: ({ active_flows }) => <Count exact={active_flows} of="active flows" />,
    },
  ];
}

/** Sorted by rate; policies without a known rate follow, sorted by bytes. */
function fastestFirst(figures: Figure[]): Figure[] {
  const speed = ({ rate }: Figure): number => rate?.bits_per_second ?? -1;
  return figures.sort((a, b) => speed(b) - speed(a) || Number(b.bytes_exact) - Number(a.bytes_exact));
}
