import { count } from '../../parts/format.ts';
import { PATH_STATUSES, type PathStatusName } from '../../parts/path-status.tsx';
import { ORDER, STATUS_COLOURS } from './severity.ts';

/** The colours that a map uses, each with its meaning and the number of parts that have it. */
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
