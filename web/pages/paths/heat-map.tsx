import { type MouseEvent, useEffect, useMemo, useRef, useState } from 'react';
import { type ThemeColours, useThemeColours } from '../../parts/chart/use-theme-colours.ts';
import { PATH_STATUSES } from '../../parts/path-status.tsx';
import { useWidth } from '../../parts/use-width.ts';
import { counted } from './counted.ts';
import type { NamedPair } from './named-pair.ts';
import { STATUS_COLOURS } from './severity.ts';
import { StatusLegend } from './status-legend.tsx';

/** Limits the cells of a small network. */
const LARGEST_CELL = 36;
/** Names are drawn if a row is at least this high. */
const SMALLEST_NAMED = 13;
/** Pixels for the names of the rows and of the columns. */
const NAMES = 136;

export interface HeatMapProps {
  /** The worst first; the map orders sites the same way. */
  pairs: readonly NamedPair[];
  onOpen(site_id: string): void;
}

/**
 * A matrix of sites on a canvas, a cell for each pair; the sites with the worst pairs are at the
 * top left. The table next to it has the same data.
 */
export function HeatMap({ pairs, onOpen }: HeatMapProps) {
  const figure = useRef<HTMLElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useWidth(figure);
  const colours = useThemeColours(canvas);
  const [hovered, setHovered] = useState<NamedPair>();
  const { sites, cells } = useMemo(() => placed(pairs), [pairs]);
  const named = (width - NAMES) / sites.length >= SMALLEST_NAMED;
  const margin = named ? NAMES : 0;
  const cell = Math.max(1, Math.min(LARGEST_CELL, (width - margin) / Math.max(1, sites.length)));
  const side = margin + cell * sites.length;

  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context || !colours || width === 0) return;
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.clearRect(0, 0, width, side);
    context.font = `12px ${colours.font}`;
    if (named) drawNames(context, { sites, cell, colours });
    context.translate(margin, margin);
    drawGrid(context, { count: sites.length, cell, colours });
    for (const { row, column, pair } of cells.values())
      drawCell(context, { row, column, pair, cell, colours });
  }, [cells, cell, colours, sites, width, side, margin, named]);

  const under = ({ nativeEvent }: MouseEvent): NamedPair | undefined => {
    const [column, row] = [nativeEvent.offsetX, nativeEvent.offsetY].map(at =>
      Math.floor((at - margin) / cell),
    );
    return cells.get(`${row} ${column}`)?.pair;
  };
  return (
    <figure className="heat-map" ref={figure}>
      <canvas
        ref={canvas}
        width={width * devicePixelRatio}
        height={side * devicePixelRatio}
        style={{ width, height: side }}
        role="img"
        aria-label={`${sites.length} sites by ${sites.length} sites, ${pairs.length} pairs; the table next to it lists them`}
        onMouseMove={event => setHovered(under(event))}
        onMouseLeave={() => setHovered(undefined)}
        onClick={event => {
          const pair = under(event);
          if (pair) onOpen(pair.source_site_id);
        }}
      />
      <figcaption>
        <StatusLegend statuses={pairs.map(({ worst_status }) => worst_status)} />
        <p className="muted clip">
          {hovered ? (
            <bdi>
              {hovered.source} – {hovered.destination}: {PATH_STATUSES[hovered.worst_status].word},{' '}
              {counted(hovered.paths, ['path', 'paths'])}
            </bdi>
          ) : (
            'A cell shows the worst path between two sites; point at it for details.'
          )}
        </p>
      </figcaption>
    </figure>
  );
}

interface Drawn {
  cell: number;
  colours: ThemeColours;
}

function drawNames(
  context: CanvasRenderingContext2D,
  { sites, cell, colours }: Drawn & { sites: readonly string[] },
): void {
  context.fillStyle = colours.text;
  context.textBaseline = 'middle';
  for (const [index, name] of sites.entries()) {
    const at = NAMES + (index + 0.5) * cell;
    const text = clipped(context, name, NAMES - 12);
    context.textAlign = 'end';
    context.fillText(text, NAMES - 8, at);
    context.save();
    context.translate(at, NAMES - 8);
    context.rotate(-Math.PI / 2);
    context.textAlign = 'start';
    context.fillText(text, 0, 0);
    context.restore();
  }
}

function clipped(context: CanvasRenderingContext2D, name: string, width: number): string {
  if (context.measureText(name).width <= width) return name;
  let length = name.length;
  while (length > 1 && context.measureText(`${name.slice(0, length)}…`).width > width) length -= 1;
  return `${name.slice(0, length)}…`;
}

/** Faint lines that help to find a cell's row and column; the diagonal has no cells. */
function drawGrid(
  context: CanvasRenderingContext2D,
  { count, cell, colours }: Drawn & { count: number },
): void {
  context.strokeStyle = colours.line;
  context.fillStyle = colours.line;
  const side = cell * count;
  context.strokeRect(0.5, 0.5, side - 1, side - 1);
  if (cell < SMALLEST_NAMED) return;
  context.beginPath();
  for (let index = 1; index < count; index++) {
    context.moveTo(0, Math.round(index * cell) + 0.5);
    context.lineTo(side, Math.round(index * cell) + 0.5);
    context.moveTo(Math.round(index * cell) + 0.5, 0);
    context.lineTo(Math.round(index * cell) + 0.5, side);
  }
  context.stroke();
  for (let index = 0; index < count; index++) context.fillRect(index * cell, index * cell, cell, cell);
}

/**
 * Healthy pairs are drawn faintly; a failed one also has a cross, for people who cannot distinguish
 * the colours.
 */
function drawCell(
  context: CanvasRenderingContext2D,
  { row, column, pair, cell, colours }: Drawn & Cell,
): void {
  const size = Math.max(1, cell - (cell > 4 ? 2 : 0));
  const [x, y] = [column * cell + (cell > 4 ? 1.5 : 0), row * cell + (cell > 4 ? 1.5 : 0)];
  context.fillStyle = colours.series(STATUS_COLOURS[pair.worst_status]);
  context.globalAlpha = pair.worst_status === 'OPTIMAL' ? 0.45 : 1;
  context.fillRect(x, y, size, size);
  context.globalAlpha = 1;
  if (pair.worst_status !== 'FAILED' || cell < SMALLEST_NAMED) return;
  const edge = size * 0.3;
  context.strokeStyle = colours.series('surface');
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(x + edge, y + edge);
  context.lineTo(x + size - edge, y + size - edge);
  context.moveTo(x + size - edge, y + edge);
  context.lineTo(x + edge, y + size - edge);
  context.stroke();
  context.lineWidth = 1;
}

interface Cell {
  row: number;
  column: number;
  pair: NamedPair;
}

/**
 * Site names in the order in which the worst pairs mention them, and each pair at its two cells.
 */
function placed(pairs: readonly NamedPair[]): { sites: string[]; cells: Map<string, Cell> } {
  const places = new Map<string, number>();
  const sites: string[] = [];
  const placeOf = (id: string, name: string): number => {
    const known = places.get(id);
    if (known !== undefined) return known;
    places.set(id, sites.length);
    return sites.push(name) - 1;
  };
  const cells = new Map<string, Cell>();
  for (const pair of pairs) {
    const a = placeOf(pair.source_site_id, pair.source);
    const b = placeOf(pair.destination_site_id, pair.destination);
    cells.set(`${a} ${b}`, { row: a, column: b, pair });
    cells.set(`${b} ${a}`, { row: b, column: a, pair });
  }
  return { sites, cells };
}
