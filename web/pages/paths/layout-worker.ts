import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from 'd3-force';
import type { LayoutAsked, LayoutNode } from './layout-messages.ts';

const TICKS = 250;

// A layout takes longer than a frame: it is made beside the page.
self.onmessage = ({ data }: MessageEvent<LayoutAsked>) => {
  const nodes: LayoutNode[] = data.ids.map(id => ({ id, x: 0, y: 0 }));
  const links = data.links.map(([source, target]) => ({ source, target }));
  forceSimulation(nodes)
    .force(
      'link',
      forceLink<LayoutNode, { source: string | LayoutNode; target: string | LayoutNode }>(links)
        .id(({ id }) => id)
        .distance(120),
    )
    .force('charge', forceManyBody().strength(-240))
    .force('collide', forceCollide(24))
    .force('x', forceX(0).strength(0.06))
    .force('y', forceY(0).strength(0.06))
    .stop()
    .tick(TICKS);
  postMessage(nodes.map(({ id, x, y }) => ({ id, x, y })));
};
