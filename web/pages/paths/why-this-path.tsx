import { useAddress } from '../../address/search.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { Button } from '../../parts/button.tsx';
import { Time } from '../../parts/figures.tsx';
import { milliseconds, percent } from '../../parts/format.ts';
import { Empty, Loaded } from '../../parts/panel.tsx';
import { PathStatus, type PathStatusName } from '../../parts/path-status.tsx';
import { type Column, VirtualTable } from '../../parts/table/virtual-table.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { useTyped } from '../../parts/use-typed.ts';
import { DECISIONS } from './operations.ts';
import { withPathNames } from './path-name.ts';

export interface WhyThisPathProps {
  path: { id: string; source_site_id: string; destination_site_id: string };
  /** Names of paths by their ids. */
  names: ReadonlyMap<string, string>;
}

/** The figure that each preference compares, with its unit. */
const COMPARED: Record<string, { unit: string; head?: string }> = {
  LOWEST_LATENCY: { unit: 'ms' },
  HIGHEST_BANDWIDTH: { unit: 'Mbit/s', head: 'Bandwidth' },
  LOWEST_PACKET_LOSS: { unit: '%' },
  LOWEST_COST: { unit: 'a GB', head: 'Price' },
  CUSTOM: { unit: 'points', head: 'Points' },
};

/**
 * The decision of every policy between the two sites of a path, now or at an instant in the
 * address.
 */
export function WhyThisPath({ path, names }: WhyThisPathProps) {
  const [{ at }, setAddress] = useAddress();
  const { source_site_id, destination_site_id } = path;
  const answer = useAnswer(
    DECISIONS,
    { source_site_id, destination_site_id, at: at ?? null },
    { changedBy: at === undefined ? ['PATH', 'POLICY', 'ENDPOINT'] : [] },
  );
  const instant = useTyped(at ?? '', text => setAddress({ at: text || undefined }, { replace: true }));
  const ago = (minutes: number) =>
    setAddress({ at: new Date(Date.now() - minutes * 60_000).toISOString() }, { replace: true });
  return (
    <section aria-label="Why this path">
      <h3>Why this path</h3>
      <div className="panel-actions instants">
        <Button kind={at === undefined ? 'primary' : 'plain'} onPress={() => setAddress({ at: undefined })}>
          Now
        </Button>
        {[1, 5, 60].map(minutes => (
          <Button key={minutes} onPress={() => ago(minutes)}>
            {minutes} min ago
          </Button>
        ))}
        <TextField
          label="At (UTC)"
          placeholder="2026-01-31T12:00:00Z"
          value={instant.text}
          onChange={instant.setText}
        />
      </div>
      <Loaded
        data={answer.data?.data.routingDecisions}
        error={answer.error}
        onRetry={() => void answer.refetch()}
      >
        {({ at: decided, decisions }) =>
          decisions.length === 0 ? (
            <Empty>No policy was enabled.</Empty>
          ) : (
            <>
              <p className="muted">
                As of <Time at={decided} />
              </p>
              {decisions.map((decision, index) => (
                <Decision
                  key={decision.policy_id}
                  decision={decision}
                  path_id={path.id}
                  names={names}
                  open={index === 0}
                />
              ))}
            </>
          )
        }
      </Loaded>
    </section>
  );
}

interface Candidate {
  path_id: string;
  class: PathStatusName;
  latency_ms: number | null;
  packet_loss_pct: number | null;
  value: number | null;
  margin: number | null;
  excluded: string | null;
}

interface DecisionProps {
  decision: {
    policy_name: string;
    selected_path_id: string | null;
    reason: string;
    preference: string;
    candidates: Candidate[];
  };
  /** The path whose page shows the decision; left out: none. */
  path_id?: string;
  names: ReadonlyMap<string, string>;
  /** Whether the candidates are shown. */
  open: boolean;
}

/** The decision of a policy, with all candidates. */
export function Decision({ decision, path_id, names, open }: DecisionProps) {
  const { policy_name, selected_path_id, reason, preference, candidates } = decision;
  const taken = selected_path_id === null ? undefined : names.get(selected_path_id);
  const takes = path_id === undefined && taken ? `uses ${taken}` : 'uses another path';
  const takesIt = selected_path_id !== null && selected_path_id === path_id;
  const excluded = candidates.find(candidate => candidate.path_id === path_id)?.excluded;
  const others = candidates.filter(candidate => candidate.excluded && candidate.path_id !== path_id);
  const columns = columnsOf({ path_id, selected_path_id, names, ...COMPARED[preference] });
  return (
    <details className="decision" open={open}>
      <summary>
        <b>
          <bdi>{policy_name}</bdi>
        </b>{' '}
        {takesIt ? 'uses this path' : selected_path_id === null ? 'has no path' : takes}
        {excluded && <span className="muted">: {excluded}</span>}
      </summary>
      <p className="breakable">{withPathNames(reason, names)}</p>
      <VirtualTable
        label={`Candidates of ${policy_name}`}
        columns={columns}
        rows={candidates}
        rowId={candidate => candidate.path_id}
        maxRows={8}
        {...(selected_path_id !== null && { chosen: new Set([selected_path_id]) })}
      />
      {others.length > 0 && (
        <ul className="plain-list">
          {others.map(candidate => (
            <li key={candidate.path_id}>
              <bdi>{names.get(candidate.path_id) ?? candidate.path_id}</bdi>: {candidate.excluded}
            </li>
          ))}
        </ul>
      )}
    </details>
  );
}

function columnsOf({
  path_id,
  selected_path_id,
  names,
  unit = '',
  head,
}: {
  path_id: string | undefined;
  selected_path_id: string | null;
  names: ReadonlyMap<string, string>;
  unit?: string;
  /** The head of the column of the compared figure; undefined: another column shows it. */
  head?: string;
}): Column<Candidate>[] {
  const figure = (value: number | null): string =>
    value === null ? '–' : `${Number(value.toPrecision(3))} ${unit}`;
  return [
    {
      id: 'path',
      head: 'Path',
      width: 'minmax(136px, 1fr)',
      cell: candidate => {
        const known = names.get(candidate.path_id) ?? `…${candidate.path_id.slice(-6)}`;
        const name = candidate.path_id === path_id ? 'This path' : known;
        return (
          <bdi className="clip" title={known}>
            {candidate.path_id === selected_path_id ? `${name}, in use` : name}
          </bdi>
        );
      },
    },
    {
      id: 'class',
      head: 'Class',
      width: '124px',
      cell: candidate => <PathStatus status={candidate.class} />,
    },
    {
      id: 'latency',
      head: 'Round trip',
      width: '92px',
      end: true,
      cell: ({ latency_ms }) => milliseconds(latency_ms),
    },
    {
      id: 'loss',
      head: 'Loss',
      width: '64px',
      end: true,
      cell: ({ packet_loss_pct }) => percent(packet_loss_pct),
    },
    ...(head === undefined
      ? []
      : [{ id: 'value', head, width: '104px', end: true, cell: ({ value }: Candidate) => figure(value) }]),
    { id: 'margin', head: 'Worse by', width: '96px', end: true, cell: ({ margin }) => figure(margin) },
  ];
}
