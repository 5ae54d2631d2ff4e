import { useAnswer } from '../../data/use-answer.ts';
import { Notice } from '../../parts/notice.tsx';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import { PolicyName } from './draft-impact.tsx';
import { DRAFT_SHADOWS } from './operations.ts';
import type { PolicyDraft } from './policy-draft.ts';

/** Policies that could never match with this draft: the draft itself, or others because of it. */
export function DraftShadows({ draft }: { draft: PolicyDraft | undefined }) {
  const answer = useAnswer(
    DRAFT_SHADOWS,
    { draft: draft ?? null },
    { keepPrevious: true, changedBy: ['POLICY', 'CHANGE_UNDONE'] },
  );
  return (
    <Panel title="Policies that would never match">
      <Loaded
        data={answer.error ? undefined : answer.data?.data.shadowedPolicies}
        error={answer.error}
        onRetry={() => void answer.refetch()}
      >
        {({ items, undecided }) => (
          <div className="stack">
            {items.some(({ policy }) => policy.draft) && (
              <Notice kind="warn">This policy would never match.</Notice>
            )}
            {items.length === 0 && <Empty>Every enabled policy can match.</Empty>}
            {items.length > 0 && (
              <ul className="plain-list">
                {items.slice(0, MAX_SHOWN).map(({ policy, shadowed_by }) => (
                  <li key={policy.policy_id ?? 'draft'}>
                    <PolicyName policy={policy} />
                    {shadowed_by.length === 0
                      ? ': no flow meets all of its conditions'
                      : `: all its flows match ${shadowed_by.map(({ policy_name }) => policy_name).join(', ')}`}
                  </li>
                ))}
                {items.length > MAX_SHOWN && <li className="muted">and {items.length - MAX_SHOWN} more</li>}
              </ul>
            )}
            {undecided.length > 0 && (
              <p className="muted">
                Not decided, because the check would take too long:{' '}
                {undecided.map(({ policy_name }) => policy_name).join(', ')}.
              </p>
            )}
          </div>
        )}
      </Loaded>
    </Panel>
  );
}

const MAX_SHOWN = 10;
