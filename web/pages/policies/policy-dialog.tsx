import { useState } from 'react';
import { useAddress } from '../../address/search.ts';
import { useMay } from '../../data/me.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Empty, Loaded } from '../../parts/panel.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { DeletePolicy } from './delete-policy.tsx';
import { matchText } from './match-text.ts';
import { POLICY, type PolicyRow } from './operations.ts';
import { PolicyForm } from './policy-form.tsx';
import { PolicyRouting } from './policy-routing.tsx';
import { PolicyVersions } from './policy-versions.tsx';

const PARTS = [
  { id: 'definition', title: 'Definition' },
  { id: 'routing', title: 'Routing' },
  { id: 'versions', title: 'Versions' },
];

export interface PolicyDialogProps {
  id: string;
  onClose(): void;
}

/**
 * One policy: its definition, routing and versions, also after it was deleted. The chosen part is
 * kept in the address.
 */
export function PolicyDialog({ id, onClose }: PolicyDialogProps) {
  const [{ part }, setAddress] = useAddress();
  const answer = useAnswer(POLICY, { id }, { changedBy: ['POLICY', 'CHANGE_UNDONE'] });
  const policy = answer.data?.data.policy;
  const parts = PARTS.filter(({ id }) => isShown(id, policy));
  const chosen = parts.find(({ id }) => id === part) ?? parts[0]!;
  return (
    <Dialog place="wide" title={`Policy ${policy?.defined ? policy.name : id}`} onClose={onClose}>
      <Loaded
        data={answer.data && (policy ?? GONE)}
        error={answer.error}
        onRetry={() => void answer.refetch()}
      >
        {found => (
          <>
            <Tabs
              label="View of the policy"
              tabs={parts}
              chosen={chosen.id}
              onChoose={id => setAddress({ part: id === parts[0]!.id ? undefined : id })}
            />
            {chosen.id === 'definition' && <Definition policy={found as PolicyRow} onClose={onClose} />}
            {chosen.id === 'routing' && <PolicyRouting policy_id={id} />}
            {chosen.id === 'versions' && <PolicyVersions id={id} updated_at={found.updated_at} />}
          </>
        )}
      </Loaded>
    </Dialog>
  );
}

/** A policy that is not defined has only its versions. */
const GONE = { updated_at: null };

function isShown(part: string, policy: { defined: boolean; built_in: boolean } | null | undefined): boolean {
  if (!policy?.defined) return part === 'versions';
  return part !== 'versions' || !policy.built_in;
}

function Definition({ policy, onClose }: { policy: PolicyRow; onClose(): void }) {
  const may = useMay();
  const [isDeleting, setDeleting] = useState(false);
  const { updated_at, built_in } = policy;
  if (built_in || !updated_at || !may('updatePolicy')) {
    return (
      <>
        <dl className="facts">
          <dt>Priority</dt>
          <dd>{built_in ? 'last' : policy.priority}</dd>
          <dt>Takes</dt>
          <dd>{matchText(policy.match)}</dd>
          <dt>State</dt>
          <dd>{policy.enabled ? 'On' : 'Off'}</dd>
        </dl>
        {built_in && (
          <Empty>This policy is built in. It matches all traffic that no other policy matches.</Empty>
        )}
      </>
    );
  }
  return (
    <>
      <PolicyForm policy={{ ...policy, updated_at }} onClose={onClose} />
      {may('deletePolicy') && (
        <div>
          <Button kind="danger" onPress={() => setDeleting(true)}>
            Delete…
          </Button>
        </div>
      )}
      {isDeleting && <DeletePolicy policy={policy} onClose={() => setDeleting(false)} onDone={onClose} />}
    </>
  );
}
