import { Download } from 'lucide-react';
import { useMemo } from 'react';
import { useAddress } from '../../address/search.ts';
import { useTimeRange } from '../../address/time-range.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { Bar } from '../../parts/bar.tsx';
import { Button } from '../../parts/button.tsx';
import { Bytes, Money, Time } from '../../parts/figures.tsx';
import { bytes, percent, UNKNOWN } from '../../parts/format.ts';
import { Notice } from '../../parts/notice.tsx';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import { saveFile } from '../../parts/save-file.ts';
import { type Column, VirtualTable } from '../../parts/table/virtual-table.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { useNames } from '../traffic/use-names.ts';
import { COST_GROUPS, type CostTableRow, costCsv, costTable } from './cost-rows.ts';
import { TRAFFIC_COST } from './operations.ts';

/** The cost of the traffic of a range, at the current prices of the endpoints. */
export function Page() {
  const [address, setAddress] = useAddress();
  const group = COST_GROUPS.find(({ id }) => id === address.by) ?? COST_GROUPS[0];
  const { from, to } = useTimeRange();
  const { of: nameOf } = useNames();
  const answer = useAnswer(
    TRAFFIC_COST,
    { by: [...group.by], from, to },
    { changedBy: ['ENDPOINT'], keepPrevious: true },
  );
  // The previous answer may have the names of another grouping.
  const cost = answer.isPlaceholderData ? undefined : answer.data?.data.trafficCost;
  const rows = useMemo(() => cost && costTable(cost, nameOf), [cost, nameOf]);
  const save = (): void => {
    if (cost && rows) saveFile(`cost-by-${group.id}.csv`, 'text/csv', costCsv(cost, rows));
  };
  const csv = (
    <Button isDisabled={!rows} onPress={save}>
      <Download size={16} aria-hidden /> CSV
    </Button>
  );
  return (
    <div className="page">
      <div className="page-head">
        <h1>Cost</h1>
        <Tabs
          label="Group costs by"
          tabs={COST_GROUPS}
          chosen={group.id}
          onChoose={id => setAddress({ by: id === COST_GROUPS[0].id ? undefined : id })}
        />
      </div>
      <Panel title="At current prices" actions={csv} flush>
        <Loaded data={rows} error={answer.error} onRetry={() => void answer.refetch()}>
          {shown =>
            shown.length === 1 ? (
              <Empty>There was no traffic in this range.</Empty>
            ) : (
              <>
                <Unpriced total={shown.at(-1)!} />
                <VirtualTable
                  label="Cost"
                  columns={columnsOf(group.one, cost!.currency, shown)}
                  rows={shown}
                  rowId={({ id }) => id}
                  maxRows={24}
                />
                <p className="panel-note muted">
                  From <Time at={cost!.from} /> to <Time at={cost!.to} />, between two snapshots. A gigabyte
                  is 10⁹ bytes, counted where they enter the WAN.
                </p>
              </>
            )
          }
        </Loaded>
      </Panel>
    </div>
  );
}

function Unpriced({ total }: { total: CostTableRow }) {
  if (total.unpriced_bytes_exact === '0') return null;
  return (
    <Notice kind="info">
      {bytes(total.unpriced_bytes_exact)} left by endpoints without a price, and no amount includes them. You
      set prices at the endpoints of a site.
    </Notice>
  );
}

function columnsOf(name: string, currency: string, rows: readonly CostTableRow[]): Column<CostTableRow>[] {
  const largest = Math.max(...rows.map(({ kind, share }) => (kind === 'ROW' ? (share ?? 0) : 0)));
  return [
    {
      id: 'name',
      head: name,
      width: 'minmax(160px, 2fr)',
      cell: ({ kind, name }) =>
        kind === 'TOTAL' ? (
          <b>{name}</b>
        ) : (
          <bdi className={kind === 'OTHER' ? 'clip muted' : 'clip'}>{name}</bdi>
        ),
    },
    {
      id: 'cost',
      head: 'Cost',
      width: '120px',
      end: true,
      cell: ({ cost_exact }) => <Money exact={cost_exact} currency={currency} />,
    },
    {
      id: 'share',
      head: 'Share',
      width: '72px',
      end: true,
      cell: ({ share }) => (share === null ? UNKNOWN : percent(share * 100)),
    },
    {
      id: 'bar',
      head: 'Relative to the largest',
      width: 'minmax(128px, 1fr)',
      cell: ({ kind, share }) => kind === 'ROW' && <Bar value={share ?? 0} of={largest} />,
    },
    {
      id: 'bytes',
      head: 'Carried',
      width: '104px',
      end: true,
      cell: ({ bytes_exact }) => <Bytes exact={bytes_exact} />,
    },
    {
      id: 'unpriced',
      head: 'Without a price',
      width: '136px',
      end: true,
      cell: ({ unpriced_bytes_exact }) => <Bytes exact={unpriced_bytes_exact} />,
    },
  ];
}
