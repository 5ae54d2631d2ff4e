import { Link } from '@tanstack/react-router';
import { useAnswer } from '../../data/use-answer.ts';
import { Empty, Loaded, Panel } from '../../parts/panel.tsx';
import { PathStatus } from '../../parts/path-status.tsx';
import { FailoverActions } from '../paths/failover-actions.tsx';
import { pathName, type SiteNames, siteNames } from '../paths/path-name.ts';
import { POLICY_PATHS, type PolicyPath } from './operations.ts';

/**
 * The paths that a policy uses, worst first, and those that it has left, with buttons to fail over
 * and back.
 */
export function PolicyPaths({ policy_id }: { policy_id: string }) {
  const answer = useAnswer(POLICY_PATHS, { policy_id }, { changedBy: ['PATH', 'POLICY', 'CHANGE_UNDONE'] });
  return (
    <Panel title="Paths of the policy" flush>
      <Loaded data={answer.data?.data} error={answer.error} onRetry={() => void answer.refetch()}>
        {({ taken, left }) => {
          const names = siteNames([...taken.sites, ...left.sites]);
          return taken.total + left.total === 0 ? (
            <Empty>It uses no path now: it is disabled, or there are no paths.</Empty>
          ) : (
            <>
              <Paths title="In use" list={taken} names={names} />
              <Paths title="Left by failover" list={left} names={names} />
            </>
          );
        }}
      </Loaded>
    </Panel>
  );
}

interface PathsProps {
  title: string;
  list: { total: number; items: readonly PolicyPath[] };
  names: SiteNames;
}

function Paths({ title, list: { total, items }, names }: PathsProps) {
  if (total === 0) return null;
  return (
    <>
      <h3 className="panel-part">{title}</h3>
      <ul className="rows" aria-label={title}>
        {items.map(path => (
          <li key={path.id}>
            <Link className="grows" to="/paths" search={{ path: path.id } as never}>
              <bdi>{pathName(path, names)}</bdi>
            </Link>
            <PathStatus status={path.status} />
            <FailoverActions path={path} name={pathName(path, names)} />
          </li>
        ))}
      </ul>
      {total > items.length && (
        <p className="panel-body muted">
          {items.length} of {total}, the worst first.
        </p>
      )}
    </>
  );
}
