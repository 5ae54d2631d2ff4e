import { Link } from '@tanstack/react-router';
import { type PointerEvent, useEffect, useMemo, useRef, useState } from 'react';
import { PATH_STATUSES, type PathStatusName } from '../../../parts/path-status.tsx';
import { useWidth } from '../../../parts/use-width.ts';
import { ORDER } from '../../paths/severity.ts';
import { boxAround, type Cluster, clustersOf } from './clusters.ts';
import { boxBetween, type MapBox, type SharePoint, viewOf, WORLD } from './map-view.ts';
import './world-map.css';

/** A site that is drawn. */
export interface MapSite {
  id: string;
  name: string;
  latitude: number;
  longitude: number;
  worst_status: PathStatusName | null;
}

export interface WorldMapProps {
  sites: readonly MapSite[];
  /** The visible part; undefined: the world. */
  box: MapBox | undefined;
  onChoose(box: MapBox): void;
}

/** Size of a marker, pixels. */
const RADIUS = 9;

/** Sites that are closer than this are drawn as one marker, pixels. */
const APART = 36;

/** The smallest drag, as a share of the map's width; a shorter one is a click. */
const LEAST_DRAG = 0.01;

/**
 * Sites on a map, in the colour of their worst path. Dragging a box or clicking a group of sites
 * zooms in.
 */
export function WorldMap({ sites, box, onChoose }: WorldMapProps) {
  const land = useLand();
  const frame = useRef<HTMLDivElement>(null);
  const pixels = useWidth(frame);
  const [drag, setDrag] = useState<{ from: SharePoint; to: SharePoint }>();
  const view = useMemo(() => viewOf(box ?? WORLD), [box]);
  const [width, height] = [view.east - view.west, view.north - view.south];
  const a_pixel = width / (pixels || 1);
  const clusters = useMemo(
    () => (pixels === 0 ? [] : clustersOf(sites, view, a_pixel * APART)),
    [sites, view, a_pixel, pixels],
  );
  const at = ({ clientX, clientY }: PointerEvent): SharePoint => {
    const { left, top, width, height } = frame.current!.getBoundingClientRect();
    return { x: (clientX - left) / width, y: (clientY - top) / height };
  };
  const end = (): void => {
    setDrag(undefined);
    if (!drag || Math.abs(drag.to.x - drag.from.x) < LEAST_DRAG) return;
    const chosen = boxBetween(view, drag.from, drag.to);
    if (chosen.south < chosen.north) onChoose(chosen);
  };
  return (
    <div ref={frame}>
      <svg
        className="world-map"
        viewBox={`${view.west} ${-view.north} ${width} ${height}`}
        onPointerDown={event => {
          if ((event.target as Element).closest('a, [role=button]') || event.button !== 0) return;
          setDrag({ from: at(event), to: at(event) });
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={event => drag && setDrag({ from: drag.from, to: at(event) })}
        onPointerUp={end}
        onPointerCancel={() => setDrag(undefined)}
      >
        <title>Map of the sites</title>
        {land !== undefined &&
          [-360, 0, 360].map(turn => (
            <path key={turn} className="world-land" d={land} transform={`translate(${turn} 0)`} />
          ))}
        {clusters.map(cluster => (
          <Marker
            key={cluster.members[0]!.id}
            cluster={cluster}
            radius={a_pixel * RADIUS}
            onChoose={() => onChoose(boxAround(cluster.members))}
          />
        ))}
        {drag && <DragBox {...boxBetween(view, drag.from, drag.to)} view={view} />}
      </svg>
    </div>
  );
}

interface MarkerProps {
  cluster: Cluster<MapSite>;
  radius: number;
  onChoose(): void;
}

function Marker({ cluster: { members, x, latitude }, radius, onChoose }: MarkerProps) {
  const statuses = new Set(members.map(({ worst_status }) => worst_status));
  const worst = ORDER.find(status => statuses.has(status));
  const word = worst ? PATH_STATUSES[worst].word : 'No path';
  const kind = worst ? PATH_STATUSES[worst].kind : 'unknown';
  const place = { cx: x, cy: -latitude };
  const [first] = members;
  if (members.length === 1) {
    return (
      <Link
        to={`/sites/${first!.id}`}
        className={`marker status-${kind}`}
        aria-label={`${first!.name}: ${word}`}
      >
        <circle {...place} r={radius}>
          <title>{`${first!.name}: ${word}`}</title>
        </circle>
      </Link>
    );
  }
  const label = `${members.length} sites, the worst: ${word}. Zoom in`;
  return (
    // biome-ignore lint/a11y/useSemanticElements: SVG has no buttons
    <g
      role="button"
      tabIndex={0}
      className={`marker status-${kind}`}
      aria-label={label}
      onClick={onChoose}
      onKeyDown={event => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        onChoose();
      }}
    >
      <title>{label}</title>
      <circle {...place} r={radius * 1.8} />
      <text x={x} y={-latitude} fontSize={radius * 1.8}>
        {members.length}
      </text>
    </g>
  );
}

function DragBox({ west, east, south, north, view }: MapBox & { view: MapBox }) {
  const turn = west < view.west ? 360 : 0;
  return (
    <rect
      className="world-drag"
      x={west + turn}
      y={-north}
      width={east - west}
      height={Math.max(0, north - south)}
    />
  );
}

/** The outlines, loaded when a map is first shown; undefined until then. */
function useLand(): string | undefined {
  const [land, setLand] = useState<string>();
  useEffect(() => {
    let isShown = true;
    void import('./land.ts').then(({ LAND }) => isShown && setLand(LAND));
    return () => {
      isShown = false;
    };
  }, []);
  return land;
}
