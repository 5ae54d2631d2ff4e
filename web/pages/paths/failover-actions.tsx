import { useState } from 'react';
import { useMay } from '../../data/me.ts';
import { useChange } from '../../data/use-change.ts';
import { Button } from '../../parts/button.tsx';
import { ConfirmDialog } from '../../parts/dialog.tsx';
import { Notice } from '../../parts/notice.tsx';
import { SelectField } from '../../parts/select-field.tsx';
import { FailoverCost, type PathToMove } from './failover-cost.tsx';
import type { Receipt } from './failover-receipt.tsx';
import { BRING_BACK, CHECK_HEALTH, FAIL_OVER } from './operations.ts';

const HOUR_MS = 3_600_000;

/** How long a path stays out of use. */
const TERMS = [
  { id: 'good', text: 'Until it has been healthy for long enough' },
  { id: '1', text: 'For at least 1 hour' },
  { id: '8', text: 'For at least 8 hours' },
  { id: 'restored', text: 'Until someone returns it to use' },
];

function termsOf(choice: string): { until?: string; until_restored?: boolean } {
  if (choice === 'good') return {};
  if (choice === 'restored') return { until_restored: true };
  return { until: new Date(Date.now() + Number(choice) * HOUR_MS).toISOString() };
}

export interface FailoverActionsProps {
  path: PathToMove & { out_for: string[] };
  /** As people know the path; messages have it instead of the id. */
  name: string;
  /** Called with the receipt of the failover or failback. */
  onDone?(receipt: Receipt): void;
}

/**
 * Buttons to take a path out of use, to return it to use and to measure it, as far as the
 * person's role allows.
 */
export function FailoverActions({ path, name, onDone }: FailoverActionsProps) {
  const may = useMay();
  const [asking, setAsking] = useState(false);
  const [terms, setTerms] = useState('good');
  const named = <Done extends { message: string }>(done: Done): Done => ({
    ...done,
    message: done.message.replaceAll(path.id, name),
  });
  const failOver = useChange(FAIL_OVER, {
    done: ({ failoverPath }) => named(failoverPath),
    onDone: ({ failoverPath }) => {
      setAsking(false);
      onDone?.(failoverPath);
    },
  });
  const bringBack = useChange(BRING_BACK, {
    done: ({ restorePath }) => named(restorePath),
    onDone: ({ restorePath }) => onDone?.(restorePath),
  });
  const check = useChange(CHECK_HEALTH, {
    done: ({ checkPathHealth }) => ({ message: checkPathHealth.probe?.reason ?? 'The path was measured.' }),
  });
  const failed = bringBack.error ?? check.error;
  return (
    <div className="stack">
      <div className="panel-actions">
        {may('failoverPath') && (
          <Button kind="danger" onPress={() => setAsking(true)}>
            Fail over
          </Button>
        )}
        {may('restorePath') && path.out_for.length > 0 && (
          <Button isPending={bringBack.isPending} onPress={() => bringBack.run({ path_id: path.id })}>
            Return to use
          </Button>
        )}
        {may('checkPathHealth') && (
          <Button isPending={check.isPending} onPress={() => check.run({ path_id: path.id })}>
            Measure now
          </Button>
        )}
      </div>
      {failed && <Notice kind="bad">{failed.message}</Notice>}
      {asking && (
        <ConfirmDialog
          title="Take this path out of use"
          confirm="Fail over"
          isPending={failOver.isPending}
          error={failOver.error}
          onConfirm={() => failOver.run({ path_id: path.id, ...termsOf(terms) })}
          onClose={() => setAsking(false)}
        >
          <p>Every policy on it moves to another path at once. You can return it to use at any time.</p>
          <FailoverCost path={path} />
          <SelectField
            label="Duration"
            options={TERMS}
            value={terms}
            onChange={key => setTerms(String(key))}
          />
        </ConfirmDialog>
      )}
    </div>
  );
}
