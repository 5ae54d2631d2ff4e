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
 * Shows where the traffic of a policy would go without it, and asks for its name before it is
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
          <p>Of the last hour’s traffic other policies would have taken:</p>
          <Loaded
            data={preview.data?.data.policyImpact}
            error={preview.error}
            onRetry={() => void preview.refetch()}
          >
            {impact => <Moved impact={impact} />}
          </Loaded>
        </>
      ) : (
        <p>It is switched off, so no traffic moves.</p>
      )}
      <p className="muted">What it has counted stays. It can be undone, and its versions stay too.</p>
    </ConfirmDialog>
  );
}
