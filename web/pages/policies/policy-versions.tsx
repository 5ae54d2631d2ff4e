import { Link } from '@tanstack/react-router';
import { useMay } from '../../data/me.ts';
import { useChange } from '../../data/use-change.ts';
import { useList } from '../../data/use-list.ts';
import { actorName, operationWords } from '../../panels/change-words.ts';
import { Conflict, isConflict, useSeen } from '../../panels/conflict.tsx';
import { Button } from '../../parts/button.tsx';
import { Time } from '../../parts/figures.tsx';
import { UNKNOWN } from '../../parts/format.ts';
import { More } from '../../parts/more.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Empty, Loaded } from '../../parts/panel.tsx';
import { Status } from '../../parts/status.tsx';
import { POLICY_VERSIONS, type PolicyVersion, RESTORE_VERSION } from './operations.ts';
import '../../parts/timeline.css';

export interface PolicyVersionsProps {
  id: string;
  /** The version of the definition on the page; null if there is none. */
  updated_at: string | null;
}

/**
 * The versions of a policy, newest first: who changed what and when, with a button to restore each.
 */
export function PolicyVersions({ id, updated_at }: PolicyVersionsProps) {
  const may = useMay();
  // If others save while the person reads the list, restoring is a conflict and does not overwrite
  // their change.
  const [seen, showLatest] = useSeen(updated_at === null ? undefined : { updated_at });
  const list = useList(
    POLICY_VERSIONS,
    { id },
    { pick: data => data.policyVersions, changedBy: ['POLICY', 'CHANGE_UNDONE'] },
  );
  const restore = useChange(RESTORE_VERSION, {
    done: ({ restorePolicyVersion: { id, name } }) => ({
      message: `Policy ${name} was restored to that version.`,
      change: { operation: 'restorePolicyVersion', target: `policy:${id}` },
    }),
    onDone: showLatest,
  });
  const run = (version: string, { over = false } = {}): void =>
    restore.run({ id, version, ...(!over && seen && { if_updated_at: seen.updated_at }) });
  return (
    <>
      <Conflict
        error={restore.error}
        onReload={() => {
          restore.reset();
          showLatest();
        }}
        onOverwrite={() => restore.variables && run(restore.variables.version, { over: true })}
      />
      {restore.error && !isConflict(restore.error) && <Notice kind="bad">{restore.error.message}</Notice>}
      <Loaded data={list.items} error={list.error} onRetry={list.retry}>
        {items =>
          items.length === 0 && !list.hasMore ? (
            <Empty>The audit log has no change of this policy.</Empty>
          ) : (
            <>
              <ol className="timeline" aria-label="Versions">
                {items.map(item => (
                  <VersionRow
                    key={item.version}
                    version={item}
                    {...(may('restorePolicyVersion') && { onRestore: () => run(item.version) })}
                  />
                ))}
              </ol>
              <More list={list} />
            </>
          )
        }
      </Loaded>
    </>
  );
}

interface VersionRowProps {
  version: PolicyVersion;
  onRestore?: () => void;
}

function VersionRow({
  version: { version, at, actor, operation, did, current, policy, changes },
  onRestore,
}: VersionRowProps) {
  return (
    <li className="moment">
      <Time at={at} relative />
      <div className="moment-text">
        <Link to="/changes" search={{ entry: version } as never}>
          {operationWords(did ?? operation)}
          {did !== null && ' (undo)'}
        </Link>{' '}
        <span className="muted">
          by <bdi>{actorName(actor)}</bdi>
        </span>
        <ul className="plain-list">
          {changes.map(({ field, before, after }) => (
            <li key={field} className="breakable">
              {field}: <bdi>{before ?? UNKNOWN}</bdi> → <bdi>{after ?? UNKNOWN}</bdi>
            </li>
          ))}
        </ul>
      </div>
      {current && <Status kind="good">Current</Status>}
      {onRestore && policy && !current && (
        <Button kind="quiet" aria-label={`Restore the version of ${at}`} onPress={onRestore}>
          Restore
        </Button>
      )}
    </li>
  );
}
