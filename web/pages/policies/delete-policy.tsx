import { useAnswer } from '../../data/use-answer.ts';
import { useChange } from '../../data/use-change.ts';
import { ConfirmDialog } from '../../parts/dialog.tsx';
import { Loaded } from '../../parts/panel.tsx';
import { Moved } from './draft-impact.tsx';
import { DELETE_POLICY, POLICY_IMPACT, type PolicyRow } from './operations.ts';

export interface DeletePolicyProps {
  policy: PolicyRow;
  onClose(): void;
  onDone(): void;
}

/**
 * Shows which policies would match the traffic instead, and requires the policy's name before it is
 * deleted.
 */
export function DeletePolicy({ policy: { id, name, enabled }, onClose, onDone }: DeletePolicyProps) {
  const preview = useAnswer(POLICY_IMPACT, { draft: { id, enabled: false } }, { enabled });
  const { run, isPending, error } = useChange(DELETE_POLICY, {
    done: ({ deletePolicy }) => deletePolicy,
    onDone,
  });
  return (
    <ConfirmDialog
      title={`Delete ${name}`}
      confirm="Delete the policy"
      typed={name}
      isPending={isPending}
      error={error}
      onConfirm={() => run({ id })}
      onClose={onClose}
    >
      {enabled ? (
        <>
          <p>Other policies would have matched this traffic of the last hour:</p>
          <Loaded
            data={preview.data?.data.policyImpact}
            error={preview.error}
            onRetry={() => void preview.refetch()}
          >
            {impact => <Moved impact={impact} />}
          </Loaded>
        </>
      ) : (
        <p>It is disabled, so no traffic moves.</p>
      )}
      <p className="muted">Its counters and versions stay. You can undo the deletion.</p>
    </ConfirmDialog>
  );
}
