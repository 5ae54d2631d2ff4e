import { type MouseEvent, useEffect, useMemo, useRef, useState } from 'react';
import { useThemeColours } from '../../parts/chart/use-theme-colours.ts';
import { PATH_STATUSES } from '../../parts/path-status.tsx';
import type { NamedPair } from './named-pair.ts';
import { STATUS_COLOURS } from './severity.ts';

const SIDE = 560;

/** So that a network of two sites isn't two huge squares. */
const LARGEST_CELL = 40;

export interface HeatMapProps {
  /** The worst first: so do the sites come in the map. */
  pairs: readonly NamedPair[];
  onOpen(site_id: string): void;
}

/** Sites against sites on a canvas, a cell a pair; the sites with the worst pairs stand at the top left. The table beside it says the same. */
export function HeatMap({ pairs, onOpen }: HeatMapProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const colours = useThemeColours(canvas);
  const [hovered, setHovered] = useState<NamedPair>();
  const { places, cells } = useMemo(() => placed(pairs), [pairs]);
  const cell = Math.min(LARGEST_CELL, SIDE / Math.max(1, places.size));

  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context || !colours) return;
    const scale = devicePixelRatio;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, SIDE, SIDE);
    context.strokeStyle = colours.line;
    const side = cell * places.size;
    context.strokeRect(0.5, 0.5, side - 1, side - 1);
    const size = Math.max(1, cell - (cell > 4 ? 1 : 0));
    for (const { row, column, pair } of cells.values()) {
      context.fillStyle = colours.series(STATUS_COLOURS[pair.worst_status]);
      context.fillRect(column * cell, row * cell, size, size);
    }
  }, [cells, cell, colours, places]);

  const under = ({ nativeEvent }: MouseEvent): NamedPair | undefined => {
    const shown = canvas.current!.clientWidth / SIDE;
    const [column, row] = [nativeEvent.offsetX, nativeEvent.offsetY].map(at => Math.floor(at / shown / cell));
    return cells.get(`${row} ${column}`)?.pair;
  };
  return (
    <figure className="heat-map">
      <canvas
        ref={canvas}
        width={SIDE * devicePixelRatio}
        height={SIDE * devicePixelRatio}
        role="img"
        aria-label={`${places.size} sites by ${places.size} sites, ${pairs.length} pairs; the table beside it lists them`}
        onMouseMove={event => setHovered(under(event))}
        onMouseLeave={() => setHovered(undefined)}
        onClick={event => {
          const pair = under(event);
          if (pair) onOpen(pair.source_site_id);
        }}
      />
      <figcaption className="muted">
        {hovered ? (
          <bdi>
            {hovered.source} – {hovered.destination}: {PATH_STATUSES[hovered.worst_status].word}
          </bdi>
        ) : (
          'Point at a cell to see its two sites.'
        )}
      </figcaption>
    </figure>
  );
}

interface Cell {
  row: number;
  column: number;
  pair: NamedPair;
}

/** Sites in the order in which the worst pairs name them, and each pair at both of its places. */
function placed(pairs: readonly NamedPair[]): { places: Map<string, number>; cells: Map<string, Cell> } {
  const places = new Map<string, number>();
  const placeOf = (id: string): number => {
    const place = places.get(id) ?? places.size;
    places.set(id, place);
    return place;
  };
  const cells = new Map<string, Cell>();
  for (const pair of pairs) {
    const [a, b] = [placeOf(pair.source_site_id), placeOf(pair.destination_site_id)];
    cells.set(`${a} ${b}`, { row: a, column: b, pair });
    cells.set(`${b} ${a}`, { row: b, column: a, pair });
  }
  return { places, cells };
}
