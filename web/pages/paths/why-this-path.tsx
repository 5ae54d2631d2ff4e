import { useAddress } from '../../address/search.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { Button } from '../../parts/button.tsx';
import { Time } from '../../parts/figures.tsx';
import { milliseconds, percent } from '../../parts/format.ts';
import { Empty, Loaded } from '../../parts/panel.tsx';
import { PathStatus } from '../../parts/path-status.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { DECISIONS } from './operations.ts';

export interface WhyThisPathProps {
  path: { id: string; source_site_id: string; destination_site_id: string };
}

/** Units of what preferences compare. */
const UNITS: Record<string, string> = {
  LOWEST_LATENCY: 'ms',
  HIGHEST_BANDWIDTH: 'Mbit/s',
  LOWEST_PACKET_LOSS: '%',
  LOWEST_COST: '$ a GB',
  CUSTOM: 'points',
};

/** How every policy decides between the two sites of a path, now or at an instant that the address keeps. */
export function WhyThisPath({ path }: WhyThisPathProps) {
  const [{ at }, setAddress] = useAddress();
  const { source_site_id, destination_site_id } = path;
  const answer = useAnswer(
    DECISIONS,
    { source_site_id, destination_site_id, at: at ?? null },
    { changedBy: at === undefined ? ['PATH', 'POLICY', 'ENDPOINT'] : [] },
  );
  const ago = (minutes: number) =>
    setAddress({ at: new Date(Date.now() - minutes * 60_000).toISOString() }, { replace: true });
  return (
    <section aria-label="Why this path">
      <h3>Why this path</h3>
      <div className="panel-actions">
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
          value={at ?? ''}
          onChange={text => setAddress({ at: text === '' ? undefined : text }, { replace: true })}
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
              {decisions.map(decision => (
                <Decision key={decision.policy_id} decision={decision} path_id={path.id} />
              ))}
            </>
          )
        }
      </Loaded>
    </section>
  );
}

interface DecisionProps {
  decision: {
    policy_name: string;
    selected_path_id: string | null;
    reason: string;
    preference: string;
    candidates: {
      path_id: string;
      class: Parameters<typeof PathStatus>[0]['status'];
      settled_score: number | null;
      latency_ms: number | null;
      packet_loss_pct: number | null;
      value: number | null;
      margin: number | null;
      excluded: string | null;
      rank: number | null;
    }[];
  };
  path_id: string;
}

function Decision({ decision, path_id }: DecisionProps) {
  const { policy_name, selected_path_id, reason, preference, candidates } = decision;
  const takesIt = selected_path_id === path_id;
  return (
    <details open={candidates.length > 1}>
      <summary>
        <b>
          <bdi>{policy_name}</bdi>
        </b>{' '}
        {takesIt ? 'takes this path' : selected_path_id === null ? 'has no path' : 'takes another path'}
      </summary>
      <p className="breakable">{reason}</p>
      <div className="table-scroller" tabIndex={0} role="group" aria-label={`Candidates of ${policy_name}`}>
        <table className="plain-table">
          <thead>
            <tr>
              <th scope="col">Path</th>
              <th scope="col">Class</th>
              <th scope="col" className="number">
                Round trip
              </th>
              <th scope="col" className="number">
                Loss
              </th>
              <th scope="col" className="number">
                Compared, {UNITS[preference]}
              </th>
              <th scope="col" className="number">
                Worse by
              </th>
              <th scope="col">Left out</th>
            </tr>
          </thead>
          <tbody>
            {candidates.map(candidate => (
              <tr key={candidate.path_id}>
                <th scope="row">
                  {candidate.path_id === path_id ? 'This path' : `…${candidate.path_id.slice(-6)}`}
                  {candidate.path_id === selected_path_id && ', taken'}
                </th>
                <td>
                  <PathStatus status={candidate.class} />
                </td>
                <td className="number">{milliseconds(candidate.latency_ms)}</td>
                <td className="number">{percent(candidate.packet_loss_pct)}</td>
                <td className="number">{figure(candidate.value)}</td>
                <td className="number">{figure(candidate.margin)}</td>
                <td>{candidate.excluded}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

const figure = (value: number | null): string =>
  value === null ? '–' : String(Number(value.toPrecision(4)));
