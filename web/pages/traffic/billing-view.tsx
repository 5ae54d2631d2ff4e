import { useAddress } from '../../address/search.ts';
import { useTimeRange } from '../../address/time-range.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { bitsPerSecond, count, percent, UNKNOWN, utc } from '../../parts/format.ts';
import { Loaded, Panel } from '../../parts/panel.tsx';
import { SaveButtons } from '../../parts/save-buttons.tsx';
import { SelectField } from '../../parts/select-field.tsx';
import { type Column, VirtualTable } from '../../parts/table/virtual-table.tsx';
import type { FileColumn } from '../../parts/table-file.ts';
import { billingPeriods, LAST_DAY, readDay } from './billing-period.ts';
import { type Percentile, TRAFFIC_PERCENTILES } from './operations.ts';
import { useTraffic } from './use-traffic.ts';

const DAYS = Array.from({ length: LAST_DAY }, (_, index) => ({
  id: String(index + 1),
  text: `Day ${index + 1}`,
}));

/** The 95th percentile of the current billing period and of the previous two. */
export function BillingView() {
  const [{ day: given }, setAddress] = useAddress();
  const { filter } = useTraffic();
  const { choice, to } = useTimeRange();
  const day = readDay(given);
  // A live range shows the current period; another range shows the period that it ends in.
  const end = 'live' in choice ? Date.parse(to) : Date.parse(to) - 1;
  const [current, last, earlier] = billingPeriods(end, { day, count: 3 }).map(period => ({
    from: new Date(period.from).toISOString(),
    to: new Date(period.to).toISOString(),
  })) as [Period, Period, Period];
  const answer = useAnswer(TRAFFIC_PERCENTILES, {
    ...{ from: current.from, to: current.to, last: last.from, earlier: earlier.from },
    filter,
  });
  const rows = answer.data && [answer.data.data.current, answer.data.data.last, answer.data.data.earlier];
  const actions = (
    <div className="panel-actions">
      <SelectField
        label="Periods start on"
        options={DAYS}
        value={String(day)}
        onChange={key => setAddress({ day: key === '1' ? undefined : String(key) })}
      />
      <SaveButtons of="Percentiles" columns={FILE_COLUMNS} rows={rows} />
    </div>
  );
  return (
    <Panel title="95th percentile" actions={actions} flush>
      <Loaded data={rows} error={answer.error} onRetry={() => void answer.refetch()}>
        {known => (
          <>
            <VirtualTable label="Billing periods" columns={COLUMNS} rows={known} rowId={({ from }) => from} />
            <p className="panel-note muted">
              A sample is the average over five minutes of the clock. The highest 5 % are discarded; the
              highest remaining sample is billed. Periods begin and end at 00:00 UTC. Packets are counted
              where they enter the WAN, so these are the rates that sites sent. A dash means that fewer than
              95 % of the samples are known. For sites, edges and endpoints only the last 48 hours are known.
            </p>
          </>
        )}
      </Loaded>
    </Panel>
  );
}

interface Period {
  from: string;
  to: string;
}

const COLUMNS: readonly Column<Percentile>[] = [
  {
    id: 'period',
    head: 'Period (UTC)',
    width: 'minmax(208px, 2fr)',
    cell: ({ from, to }) => (
      <span title={`${utc(from)} to ${utc(to)}`}>
        {from.slice(0, 10)} – {to.slice(0, 10)}
      </span>
    ),
  },
  {
    id: 'p95',
    head: '95th percentile',
    width: '144px',
    end: true,
    cell: ({ p95_bits_per_second }) => <Bits value={p95_bits_per_second} />,
  },
  {
    id: 'highest',
    head: 'Highest',
    width: '120px',
    end: true,
    cell: ({ highest_bits_per_second }) => <Bits value={highest_bits_per_second} />,
  },
  {
    id: 'average',
    head: 'Average',
    width: '120px',
    end: true,
    cell: ({ average_bits_per_second }) => <Bits value={average_bits_per_second} />,
  },
  {
    id: 'known',
    head: 'Samples known',
    width: '176px',
    end: true,
    cell: ({ samples_known, samples_expected }) =>
      samples_expected === 0 ? (
        UNKNOWN
      ) : (
        <data
          value={samples_known}
          title={`${count(samples_known)} of ${count(samples_expected)} samples of five minutes`}
        >
          {`${percent(Math.floor((1000 * samples_known) / samples_expected) / 10)} of ${count(samples_expected)}`}
        </data>
      ),
  },
];

function Bits({ value }: { value: number | null }) {
  return (
    <data value={value ?? ''} title={value === null ? 'Not known' : `${count(Math.round(value))} bit/s`}>
      {bitsPerSecond(value)}
    </data>
  );
}

const FILE_COLUMNS: readonly FileColumn<Percentile>[] = [
  { name: 'from_utc', value: ({ from }) => from },
  { name: 'to_utc', value: ({ to }) => to },
  { name: 'p95_bits_per_second', value: row => row.p95_bits_per_second },
  { name: 'highest_bits_per_second', value: row => row.highest_bits_per_second },
  { name: 'average_bits_per_second', value: row => row.average_bits_per_second },
  { name: 'samples_known', value: row => row.samples_known },
  { name: 'samples_expected', value: row => row.samples_expected },
];
