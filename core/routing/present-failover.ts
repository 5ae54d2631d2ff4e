import type { FailoverDone } from './fail-over-path.ts';

/** What the one who asked for a failover is told. */
export function presentFailover({ receipt, audit_id }: FailoverDone) {
  const { path_id, samples, moved, without_path, flows_moved, bytes_moved, moved_since, bytes_carried } =
    receipt;
  return {
    success: true,
    message: sentence(path_id, moved.length, without_path),
    audit_id,
    path_id,
    samples,
    moved,
    without_path,
    flows_moved,
    bytes_moved: bytes_moved === null ? null : Number(bytes_moved),
    bytes_moved_exact: bytes_moved,
    moved_since,
    bytes_carried: Number(bytes_carried),
    bytes_carried_exact: bytes_carried,
  };
}

function sentence(path_id: string, moved: number, withoutPath: string[]): string {
  const out = `Path ${path_id} is out of use until it has been good for long enough`;
  if (moved === 0) return `${out}; no policy was using it.`;
  const policies = moved === 1 ? '1 policy takes' : `${moved} policies take`;
  if (withoutPath.length === 0) return `${out}; ${policies} another path.`;
  const stranded =
    withoutPath.length === 1
      ? `policy ${withoutPath[0]} has`
      : `policies ${withoutPath.slice(0, 5).join(', ')}${withoutPath.length > 5 ? ' …' : ''} have`;
  return `${out}. No path is left between these sites: ${stranded} none. Bring another path up, or repair this one.`;
}
