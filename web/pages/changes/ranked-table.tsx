import { Link } from '@tanstack/react-router';
import { namedTitle } from '../../panels/named-title.ts';
import { Time } from '../../parts/figures.tsx';
import { bitsPerSecond, count } from '../../parts/format.ts';
import { Empty } from '../../parts/panel.tsx';
import { type Column, VirtualTable } from '../../parts/table/virtual-table.tsx';
import { addressOf } from '../now/address-of.ts';
import type { Changes, Ranked } from './operations.ts';
import { KIND_WORDS, trafficSentence } from './ranked-words.ts';

/** A ranking of changes, with what its rates were measured over. */
export function RankedTable({ changes }: { changes: Changes }) {
  const { items, total, before, after, from, log_from } = changes;
  return (
    <>
      <p className="panel-body muted">
        <Measured title="Before" window={before} />. <Measured title="After" window={after} />.
        {log_from !== from && (
          <>
            {' '}
            The log has more entries than one comparison reads: changes before <Time at={log_from} /> are not
            in the list.
          </>
        )}
      </p>
      {items.length === 0 ? (
        <Empty>No change is known between these instants.</Empty>
      ) : (
        <VirtualTable label="Changes by effect" columns={COLUMNS} rows={items} rowId={idOf} maxRows={20} />
      )}
      {total > items.length && (
        <p className="panel-body muted">
          The {count(items.length)} with the largest effect, of {count(total)}.
        </p>
      )}
    </>
  );
}

function Measured({ title, window }: { title: string; window: Changes['before'] }) {
  if (!window)
    return `${title}: the rate is not known, because fewer than two snapshots of that time are kept`;
  const { from, to, bits_per_second, completeness } = window;
  return (
    <>
      {title}: {bitsPerSecond(bits_per_second)} in all, from <Time at={from} /> to <Time at={to} />,{' '}
      {completeness.edges_heard} of {completeness.edges_expected} edges heard
    </>
  );
}

function Speed({ value }: { value: number | null }) {
  const exact = value === null ? 'Not known' : `${count(Math.round(value))} bit/s`;
  return <span title={exact}>{bitsPerSecond(value)}</span>;
}

const idOf = ({ kind, target, title }: Ranked) => `${kind} ${target} ${title}`;

const COLUMNS: readonly Column<Ranked>[] = [
  {
    id: 'effect',
    head: 'Effect',
    width: '104px',
    end: true,
    cell: ({ effect_bits_per_second }) => <Speed value={effect_bits_per_second} />,
  },
  { id: 'kind', head: 'Kind', width: '112px', cell: ({ kind }) => KIND_WORDS[kind] },
  { id: 'what', head: 'What', width: 'minmax(240px, 4fr)', cell: change => <What change={change} /> },
  {
    id: 'before',
    head: 'Before',
    width: '104px',
    end: true,
    cell: ({ before_bits_per_second }) => <Speed value={before_bits_per_second} />,
  },
  {
    id: 'after',
    head: 'After',
    width: '104px',
    end: true,
    cell: ({ after_bits_per_second }) => <Speed value={after_bits_per_second} />,
  },
  {
    id: 'last',
    head: 'Last',
    width: '128px',
    cell: ({ last_at }) => <Time at={last_at} />,
  },
  {
    id: 'entry',
    head: '',
    width: '80px',
    cell: ({ entry_id, kind }) =>
      entry_id !== null &&
      kind !== 'STATE' && (
        <Link to="/changes" search={{ entry: entry_id } as never}>
          Entry
        </Link>
      ),
  },
];

function What({
  change: {
    kind,
    target,
    target_name,
    title,
    times,
    before_bits_per_second: before,
    after_bits_per_second: after,
  },
}: {
  change: Ranked;
}) {
  const words =
    title === null
      ? trafficSentence({ kind, name: target_name ?? target ?? '', before, after })
      : namedTitle(title, target, target_name);
  const text = times > 1 ? `${words} (and ${times - 1} more)` : words;
  if (target === null) return <bdi title={text}>{text}</bdi>;
  const { to, search } = addressOf(target, null);
  return (
    <Link to={to} search={search as never} title={text}>
      <bdi>{text}</bdi>
    </Link>
  );
}
