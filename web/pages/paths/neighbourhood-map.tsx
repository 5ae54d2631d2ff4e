import { Link } from '@tanstack/react-router';
import type { Search } from '../../address/search.ts';
import { milliseconds } from '../../parts/format.ts';
import { PATH_STATUSES } from '../../parts/path-status.tsx';
import { counted } from './counted.ts';
import type { Neighbour } from './neighbours.ts';
import { STATUS_COLOURS } from './severity.ts';
import { starOf } from './star.ts';
import { StatusLegend } from './status-legend.tsx';

const WIDTH = 560;
const RADIUS = 112;
/** The largest number of neighbours in the picture; the table has all of them. */
const SHOWN = 40;
/** Letters of a name that fit next to the star. */
const NAME_LENGTH = 23;

export interface NeighbourhoodMapProps {
  site: { id: string; name: string };
  /** The worst first. */
  neighbours: readonly Neighbour[];
}

/**
 * A site and its worst neighbours as a star; each neighbour is a link, with a line in the colour of
 * its worst path. The table next to it has the same data.
 */
export function NeighbourhoodMap({ site, neighbours }: NeighbourhoodMapProps) {
  const shown = neighbours.slice(0, SHOWN);
  const { places, height } = starOf(shown.length, RADIUS);
  const label = `${site.name} and ${counted(neighbours.length, ['neighbour', 'neighbours'])}`;
  const [middle, top] = [WIDTH / 2, height / 2 + 16];
  return (
    <figure className="neighbourhood-map" aria-label={label}>
      <svg viewBox={`0 0 ${WIDTH} ${height + 32}`}>
        <title>{label}</title>
        <g transform={`translate(${middle} ${top})`}>
          {shown.map(({ id, worst_status }, index) => (
            <line
              key={id}
              className={`neighbour-line line-${worst_status.toLowerCase()} fill-${STATUS_COLOURS[worst_status]}`}
              x2={places[index]!.x}
              y2={places[index]!.y}
            />
          ))}
          <circle className="neighbour-middle" r={10} />
          {shown.map((neighbour, index) => (
            <NeighbourNode key={neighbour.id} neighbour={neighbour} place={places[index]!} />
          ))}
        </g>
      </svg>
      <figcaption>
        <StatusLegend statuses={neighbours.map(({ worst_status }) => worst_status)} />
        {neighbours.length > SHOWN && (
          <p className="muted">The worst {SHOWN} are drawn; the table has all of them.</p>
        )}
      </figcaption>
    </figure>
  );
}

interface NodeProps {
  neighbour: Neighbour;
  place: { x: number; y: number; side: 'right' | 'left' };
}

function NeighbourNode({ neighbour, place: { x, y, side } }: NodeProps) {
  const { id, name, worst_status, latency_ms, paths } = neighbour;
  const words = [
    `${name}: ${PATH_STATUSES[worst_status].word}`,
    counted(paths.length, ['path', 'paths']),
    ...(latency_ms === null ? [] : [`${milliseconds(latency_ms)} round trip`]),
  ].join(', ');
  return (
    <Link
      to="."
      search={((now: Search) => ({ ...now, site: id })) as never}
      className="neighbour"
      aria-label={words}
    >
      <title>{words}</title>
      <circle className={`fill-${STATUS_COLOURS[worst_status]}`} cx={x} cy={y} r={6} />
      <text x={x + (side === 'right' ? 12 : -12)} y={y + 4} textAnchor={side === 'right' ? 'start' : 'end'}>
        {name.length > NAME_LENGTH ? `${name.slice(0, NAME_LENGTH - 1)}…` : name}
      </text>
    </Link>
  );
}
