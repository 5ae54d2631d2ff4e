import { Link } from '@tanstack/react-router';
import { useAnswer } from '../../data/use-answer.ts';
import { Bytes, Count, Time } from '../../parts/figures.tsx';
import { percent } from '../../parts/format.ts';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import { type Impact, POLICY_IMPACT } from './operations.ts';
import type { PolicyDraft } from './policy-draft.ts';

/**
 * The traffic of the last hour that another policy would have matched with this draft, and the
 * share of traffic that is known.
 */
export function DraftImpact({ draft }: { draft: PolicyDraft | undefined }) {
  const answer = useAnswer(
    POLICY_IMPACT,
    { draft: draft ?? {} },
    { enabled: draft !== undefined, keepPrevious: true },
  );
  return (
    <Panel title="Impact">
      {draft ? (
        // A refused draft has no figures; the figures of the previous draft would look like its
        // own.
        <Loaded
          data={answer.error ? undefined : answer.data?.data.policyImpact}
          error={answer.error}
          onRetry={() => void answer.refetch()}
        >
          {impact => <Moved impact={impact} />}
        </Loaded>
      ) : (
        <Empty>Change a condition or the priority to see which traffic of the last hour would move.</Empty>
      )}
    </Panel>
  );
}

/** The figures of an impact, with the traffic that they are based on. */
export function Moved({ impact }: { impact: Impact }) {
  const { from, to, moved, moved_flows, moves, moves_total, largest, gaps } = impact;
  return (
    <div className="stack">
      <dl className="facts">
        <dt>Traffic that would move</dt>
        <dd>
          <Bytes exact={moved?.bytes_exact} />
        </dd>
        <dt>Flows</dt>
        <dd>
          <Count exact={moved_flows} of="flows" />
        </dd>
        <dt>Judged</dt>
        <dd>
          <JudgedShare impact={impact} />, <Time at={from} /> to <Time at={to} />
        </dd>
        <dt>Edges heard</dt>
        <dd>
          {impact.completeness
            ? `${impact.completeness.edges_heard} of ${impact.completeness.edges_expected}`
            : '–'}
        </dd>
      </dl>
      {moves.length > 0 && (
        <ul className="plain-list" aria-label="From policy to policy">
          {moves.slice(0, MAX_SHOWN).map(({ from, to, bytes_exact, flows }) => (
            <li key={`${from.policy_id} ${to.policy_id}`}>
              <PolicyName policy={from} /> → <PolicyName policy={to} />: <Bytes exact={bytes_exact} />,{' '}
              <Count exact={flows} of="flows" /> {flows === 1 ? 'flow' : 'flows'}
            </li>
          ))}
          {moves_total > MAX_SHOWN && <li className="muted">and {moves_total - MAX_SHOWN} more</li>}
        </ul>
      )}
      {largest.length > 0 && (
        <details>
          <summary>Its largest flows</summary>
          <ul className="plain-list">
            {largest.map(flow => (
              <li
                key={`${flow.src} ${flow.src_port} ${flow.dst} ${flow.dst_port} ${flow.protocol} ${flow.site_id}`}
              >
                {flow.src} to {flow.dst} port {flow.dst_port} ({flow.application}):{' '}
                <Bytes exact={flow.bytes_exact} />
              </li>
            ))}
          </ul>
        </details>
      )}
      {gaps.length > 0 && (
        <ul className="plain-list muted" aria-label="What is not known">
          {gaps.map(({ kind, message }) => (
            <li key={kind}>{message}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

const MAX_SHOWN = 5;

/** The share of the counted traffic that the answer covers. */
function JudgedShare({ impact: { judged, judged_share, total } }: { impact: Impact }) {
  if (!judged) return 'nothing';
  return (
    <>
      <Bytes exact={judged.bytes_exact} />
      {total && (
        <>
          {' '}
          of <Bytes exact={total.bytes_exact} />
        </>
      )}
      {judged_share !== null && ` (${percent(judged_share * 100)})`}
    </>
  );
}

interface Reference {
  policy_id: string | null;
  policy_name: string;
  draft: boolean;
}

/** A policy of an answer, with a link to it; the draft has no link. */
export function PolicyName({ policy: { policy_id, policy_name, draft } }: { policy: Reference }) {
  if (draft || policy_id === null) {
    return (
      <strong>
        <bdi>{policy_name}</bdi>
      </strong>
    );
  }
  return (
    <Link to="/policies" search={{ policy: policy_id } as never}>
      <bdi>{policy_name}</bdi>
    </Link>
  );
}
