import { type MouseEvent, useEffect, useMemo, useRef } from 'react';
import { useThemeColours } from '../../parts/chart/use-theme-colours.ts';
import { counted } from './counted.ts';
import { useLayout } from './layout.ts';
import type { LayoutNode } from './layout-messages.ts';
import type { Neighbour } from './neighbours.ts';
import { STATUS_COLOURS } from './severity.ts';

const WIDTH = 640;
const HEIGHT = 480;
const RADIUS = 8;

export interface NeighbourhoodMapProps {
  site: { id: string; name: string };
  neighbours: readonly Neighbour[];
  onOpen(site_id: string): void;
}

/** A site amid its neighbours, each line in the colour of its worst path. The table beside it says the same. */
export function NeighbourhoodMap({ site, neighbours, onOpen }: NeighbourhoodMapProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const colours = useThemeColours(canvas);
  const graph = useMemo(
    () => ({
      ids: [site.id, ...neighbours.map(({ id }) => id)],
      links: neighbours.map(({ id }): [string, string] => [site.id, id]),
    }),
    [site.id, neighbours],
  );
  const nodes = useLayout(graph);
  const places = useMemo(() => nodes && inFrame(nodes), [nodes]);

  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context || !colours || !places) return;
    const scale = devicePixelRatio;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, WIDTH, HEIGHT);
    context.font = `12px ${colours.font}`;
    const centre = places.get(site.id);
    if (!centre) return;
    context.lineWidth = 2;
    for (const { id, worst_status } of neighbours) {
      const place = places.get(id);
      if (!place) continue;
      context.strokeStyle = colours.series(STATUS_COLOURS[worst_status]);
      context.beginPath();
      context.moveTo(centre.x, centre.y);
      context.lineTo(place.x, place.y);
      context.stroke();
    }
    for (const { id, name } of [...neighbours, site]) {
      const place = places.get(id);
      if (!place) continue;
      context.fillStyle = colours.series(id === site.id ? 'accent' : 'line-strong');
      context.beginPath();
      context.arc(place.x, place.y, RADIUS, 0, 2 * Math.PI);
      context.fill();
      context.fillStyle = colours.text;
      context.fillText(name.slice(0, 24), place.x + RADIUS + 4, place.y + 4);
    }
  }, [places, colours, neighbours, site]);

  const open = ({ nativeEvent }: MouseEvent): void => {
    const shown = canvas.current!.clientWidth / WIDTH;
    const [x, y] = [nativeEvent.offsetX / shown, nativeEvent.offsetY / shown];
    const found = [...(places ?? [])].find(([, place]) => Math.hypot(place.x - x, place.y - y) <= 2 * RADIUS);
    if (found) onOpen(found[0]);
  };
  return (
    <canvas
      ref={canvas}
      className="neighbourhood-map"
      width={WIDTH * devicePixelRatio}
      height={HEIGHT * devicePixelRatio}
      role="img"
      aria-label={`${site.name} and ${counted(neighbours.length, ['neighbour', 'neighbours'])}; the table beside it lists them`}
      onClick={open}
    />
  );
}

const MARGIN = 40;

/** The layout, stretched to the canvas. */
function inFrame(nodes: ReadonlyMap<string, LayoutNode>): Map<string, { x: number; y: number }> {
  const all = [...nodes.values()];
  const [xs, ys] = [all.map(({ x }) => x), all.map(({ y }) => y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const width = Math.max(1, Math.max(...xs) - left);
  const height = Math.max(1, Math.max(...ys) - top);
  return new Map(
    all.map(({ id, x, y }) => [
      id,
      {
        x: MARGIN + ((x - left) / width) * (WIDTH - 4 * MARGIN),
        y: MARGIN + ((y - top) / height) * (HEIGHT - 2 * MARGIN),
      },
    ]),
  );
}
