import { fnv1a } from '../../core/hash.ts';
import type { SimulatedEdge } from './simulated-edge.ts';

/** Simulated edges `edge-1`, `edge-2`, … with two WAN endpoints each. */
export function simulatedEdges(count: number): SimulatedEdge[] {
  return Array.from({ length: count }, (_, index) => ({
    edge_id: `edge-${index + 1}`,
    site_id: siteId(index + 1),
    endpoint_ids: ['wan1', 'wan2'],
  }));
}

// A UUID in the form of version 4, which is valid as a site's id.
function siteId(site: number): string {
  const hex = (part: string) => fnv1a(`site ${site} ${part}`).toString(16).padStart(8, '0');
  const [a, b, c, d] = [hex('a'), hex('b'), hex('c'), hex('d')];
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-8${c.slice(1, 4)}-${c.slice(4)}${d}`;
}
