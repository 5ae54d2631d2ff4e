import { count } from '../../parts/format.ts';
import { PATH_STATUSES, type PathStatusName } from '../../parts/path-status.tsx';
import { ORDER, STATUS_COLOURS } from './severity.ts';

/** What the colours of a map mean, with how many of its parts have each: only those that it has. */
export function StatusLegend({ statuses }: { statuses: readonly PathStatusName[] }) {
  return (
    <ul className="status-legend">
      {ORDER.filter(status => statuses.includes(status)).map(status => (
        <li key={status}>
          <span className={`status-swatch fill-${STATUS_COLOURS[status]}`} />
          {PATH_STATUSES[status].word}
          <span className="muted">{count(statuses.filter(each => each === status).length)}</span>
        </li>
      ))}
    </ul>
  );
}
