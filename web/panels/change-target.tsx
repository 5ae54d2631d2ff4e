export interface ChangeTargetProps {
  target: string | null;
  target_name: string | null;
}

/**
 * Long ids, such as those of sites and paths, mean nothing to a person; short ones, such as
 * `policy:7`, do.
 */
const SHORT = 24;

/** The target of a change: its name, and its id if that is short; both on hover. */
export function ChangeTarget({ target, target_name }: ChangeTargetProps) {
  if (target === null) return null;
  return (
    <span className="change-target" title={target}>
      {target_name !== null && <bdi>{target_name}</bdi>}{' '}
      {(target_name === null || target.length <= SHORT) && <bdi className="muted">{target}</bdi>}
    </span>
  );
}
