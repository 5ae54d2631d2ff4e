import type uPlot from 'uplot';
import type { TrustBand } from './trust.ts';
import type { ThemeColours } from './use-theme-colours.ts';

/** Behind the lines: incomplete intervals are shaded by the missing share, gaps are hatched. */
export function drawTrust(plot: uPlot, bands: readonly TrustBand[], colours: ThemeColours): void {
  const { ctx, bbox } = plot;
  ctx.save();
  for (const { kind, from, to, share } of bands) {
    const left = Math.max(bbox.left, plot.valToPos(from, 'x', true));
    const right = Math.min(bbox.left + bbox.width, plot.valToPos(to, 'x', true));
    if (right <= left) continue;
    if (kind === 'gap') ctx.fillStyle = hatching(ctx, colours.muted);
    else {
      ctx.fillStyle = colours.warn;
      ctx.globalAlpha = 0.1 + 0.35 * (1 - (share ?? 0));
    }
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
    ctx.globalAlpha = 1;
  }
  ctx.restore();
}

/** Over the lines: a dashed line with a word at each reset of the counters. */
export function drawResets(plot: uPlot, resets: readonly number[], colours: ThemeColours): void {
  const { ctx, bbox } = plot;
  const pixel = window.devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = colours.text;
  ctx.fillStyle = colours.text;
  ctx.lineWidth = pixel;
  ctx.setLineDash([3 * pixel, 3 * pixel]);
  ctx.font = `${11 * pixel}px ${colours.font}`;
  for (const at of resets) {
    const x = Math.round(plot.valToPos(at, 'x', true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.fillText('reset', x + 4 * pixel, bbox.top + 12 * pixel);
  }
  ctx.restore();
}

function hatching(ctx: CanvasRenderingContext2D, colour: string): CanvasPattern | string {
  const size = 8 * window.devicePixelRatio;
  const tile = document.createElement('canvas');
  tile.width = size;
  tile.height = size;
  const draw = tile.getContext('2d')!;
  draw.strokeStyle = colour;
  draw.globalAlpha = 0.55;
  draw.lineWidth = window.devicePixelRatio;
  for (const shift of [-size, 0, size]) {
    draw.moveTo(shift, size);
    draw.lineTo(shift + size, 0);
  }
  draw.stroke();
  return ctx.createPattern(tile, 'repeat') ?? colour;
}
