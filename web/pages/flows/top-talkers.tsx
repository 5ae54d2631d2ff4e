import { useMemo } from 'react';
import type { Names } from '../../address/filter/language.ts';
import { useAddress } from '../../address/search.ts';
import { useTimeRange } from '../../address/time-range.ts';
import type { VariablesOf } from '../../data/graphql.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { Bar } from '../../parts/bar.tsx';
import { Button } from '../../parts/button.tsx';
import { Bytes, Count } from '../../parts/figures.tsx';
import { percent, UNKNOWN } from '../../parts/format.ts';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import { SaveButtons } from '../../parts/save-buttons.tsx';
import { SelectField } from '../../parts/select-field.tsx';
import { type Column, VirtualTable } from '../../parts/table/virtual-table.tsx';
import type { FileColumn } from '../../parts/table-file.ts';
import { type FlowStats, TALKERS } from './operations.ts';
import {
  GROUPINGS,
  groupingOf,
  listedShare,
  matchedBytes,
  narrowed,
  type Talker,
  talkersOf,
} from './talkers.ts';
import { useFlowFilter } from './use-flow-filter.ts';
import { useNames } from './use-names.ts';

type Group = VariablesOf<typeof TALKERS>['by'];

/** The largest traffic in the range: listed flows, summed by the grouping in the address. */
export function TopTalkers() {
  const [{ by, q = '' }, setAddress] = useAddress();
  const { from, to } = useTimeRange();
  const { names = {} } = useNames();
  const { filter, problems, error, retry } = useFlowFilter();
  const grouping = groupingOf(by);
  const answer = useAnswer(
    TALKERS,
    { by: [grouping.group] as Group, from, to, flows: filter ?? null },
    { enabled: filter !== undefined },
  );
  const stats = answer.data?.data.flowStats;
  const talkers = useMemo(() => stats && talkersOf(stats, grouping, names), [stats, grouping, names]);
  const title = `Top by ${grouping.title.toLowerCase()}`;
  const actions = (
    <div className="panel-actions">
      <SelectField
        label="By"
        options={Object.entries(GROUPINGS).map(([id, { title }]) => ({ id, text: title }))}
        value={grouping.id}
        onChange={key => setAddress({ by: key === 'source' ? undefined : String(key) })}
      />
      <SaveButtons of={title} columns={FILE_COLUMNS} rows={talkers} />
    </div>
  );
  if (problems.length > 0) return null;
  return (
    <Panel title={title} actions={actions} flush>
      <Loaded
        data={talkers && stats && { talkers, stats }}
        error={error ?? answer.error}
        onRetry={error ? retry : () => void answer.refetch()}
      >
        {shown => (
          <>
            {shown.talkers.length === 0 ? (
              <Empty>
                No listed flow in this range matches the filter. Choose another range, or remove a condition.
              </Empty>
            ) : (
              <VirtualTable
                label={title}
                columns={columnsOf({
                  title: grouping.title,
                  largest: Number(shown.talkers[0]!.bytes_exact),
                  textFor: talker => narrowed(q, talker, grouping, names as Names),
                  onShow: text => setAddress({ q: text, view: undefined, by: undefined }),
                })}
                rows={shown.talkers}
                rowId={({ name }) => name}
                maxRows={20}
              />
            )}
            <Completeness stats={shown.stats} />
          </>
        )}
      </Loaded>
    </Panel>
  );
}

/**
 * The traffic that the rows do not include, and the share of all traffic that is in listed flows.
 */
function Completeness({ stats }: { stats: FlowStats }) {
  const { other, other_rows, unmatched, unattributed, total, completeness } = stats;
  const { edges_heard, edges_expected } = completeness;
  const share = listedShare(stats);
  return (
    <dl className="facts completeness">
      {other_rows > 0 && (
        <Fact term={`${other_rows} more`}>
          <Bytes exact={other.bytes_exact} />
        </Fact>
      )}
      <Fact term="All matching flows">
        <Bytes exact={String(matchedBytes(stats))} />
      </Fact>
      {unmatched.bytes_exact !== '0' && (
        <Fact term="Other listed flows">
          <Bytes exact={unmatched.bytes_exact} />
        </Fact>
      )}
      <Fact term="Not in listed flows">
        <Bytes exact={unattributed.bytes_exact} />
      </Fact>
      <Fact term="Counted">
        <Bytes exact={total.bytes_exact} />
      </Fact>
      <Fact term="Listed share">{share === null ? UNKNOWN : percent(share * 100)}</Fact>
      <Fact term="Edges heard">
        {edges_heard} of {edges_expected}
      </Fact>
    </dl>
  );
}

function Fact({ term, children }: { term: string; children: React.ReactNode }) {
  return (
    <div className="fact">
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

interface Shown {
  title: string;
  /** Bytes of the first row. */
  largest: number;
  /** The filter for only a row's flows; undefined: there is none. */
  textFor(talker: Talker): string | undefined;
  onShow(text: string): void;
}

function columnsOf({ title, largest, textFor, onShow }: Shown): Column<Talker>[] {
  return [
    { id: 'name', head: title, width: 'minmax(152px, 3fr)', cell: ({ name }) => <bdi>{name}</bdi> },
    {
      id: 'bar',
      head: 'Share',
      width: 'minmax(128px, 3fr)',
      cell: ({ bytes_exact, share }) => (
        <span className="share">
          <Bar value={Number(bytes_exact)} of={largest} />
          <span className="share-figure">{share === null ? UNKNOWN : percent(share * 100)}</span>
        </span>
      ),
    },
    {
      id: 'bytes',
      head: 'Bytes',
      width: '96px',
      end: true,
      cell: ({ bytes_exact }) => <Bytes exact={bytes_exact} />,
    },
    {
      id: 'packets',
      head: 'Packets',
      width: '96px',
      end: true,
      cell: ({ packets_exact }) => <Count exact={packets_exact} of="packets" />,
    },
    {
      id: 'show',
      head: '',
      width: '80px',
      cell: talker => {
        const text = textFor(talker);
        return (
          text !== undefined && (
            <Button kind="quiet" aria-label={`Show flows of ${talker.name}`} onPress={() => onShow(text)}>
              Flows
            </Button>
          )
        );
      },
    },
  ];
}

const FILE_COLUMNS: readonly FileColumn<Talker>[] = [
  { name: 'value', value: ({ value }) => value },
  { name: 'name', value: ({ name }) => name },
  { name: 'packets', value: ({ packets_exact }) => BigInt(packets_exact) },
  { name: 'bytes', value: ({ bytes_exact }) => BigInt(bytes_exact) },
  { name: 'share', value: ({ share }) => share },
];
