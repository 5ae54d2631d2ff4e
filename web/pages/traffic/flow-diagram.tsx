import { type SankeyNodeMinimal, sankey, sankeyLinkHorizontal } from 'd3-sankey';
import { type KeyboardEvent, useMemo, useRef } from 'react';
import { bytes, count } from '../../parts/format.ts';
import { useWidth } from '../../parts/use-width.ts';
import { type FlowGraph, type GraphLink, type GraphNode, STAGES } from './flow-graph.ts';

const NODE_WIDTH = 12;
const ROW = 36;
/** Room above for the names of the stages, pixels. */
const HEAD = 24;
/** Pixels of a letter of a name, roughly. */
const LETTER = 7;

export interface FlowDiagramProps {
  graph: FlowGraph;
  /** The title of each stage, and whether its nodes can be chosen. */
  stages: readonly { title: string; chooses: boolean }[];
  name(node: Pick<GraphNode, 'stage' | 'id'>): string;
  onChoose(node: GraphNode): void;
}

type Node = GraphNode & SankeyNodeMinimal<GraphNode, Drawn>;
type Drawn = GraphLink & { value: number };

/**
 * A Sankey diagram: bands from stage to stage, their widths in proportion to the traffic. The table
 * below has the same data.
 */
export function FlowDiagram({ graph, stages, name, onChoose }: FlowDiagramProps) {
  const figure = useRef<HTMLElement>(null);
  const width = useWidth(figure);
  const rows = Math.max(
    ...stages.map((_, stage) => graph.nodes.filter(node => node.stage === stage).length),
    3,
  );
  const height = rows * ROW;
  const laid = useMemo(() => layout(graph, { width, height }), [graph, width, height]);
  const colourOf = useMemo(() => colours(graph), [graph]);
  const label = `Traffic from ${stages.map(({ title }) => title).join(' to ')}`;
  return (
    <figure className="flow-diagram" ref={figure} aria-label={label}>
      {laid && (
        <svg width={width} height={height + HEAD}>
          <title>{label}</title>
          {stages.map(({ title }, index) => (
            <text
              key={title}
              className="flow-stage"
              x={(width * index) / (stages.length - 1)}
              y={12}
              textAnchor={anchorOf(index, stages.length)}
            >
              {title}
            </text>
          ))}
          <g transform={`translate(0 ${HEAD})`}>
            {laid.links.map(link => {
              const [from, to] = [link.source, link.target] as unknown as [Node, Node];
              return (
                <path
                  key={`${from.key} ${to.key} ${link.colour}`}
                  className="flow-band"
                  d={curve(link as never) ?? ''}
                  style={{
                    stroke: `var(--${colourOf(link.colour)})`,
                    strokeWidth: Math.max(1, link.width ?? 0),
                  }}
                >
                  <title>{`${name(from)} – ${name(to)}: ${words(link.bytes)}`}</title>
                </path>
              );
            })}
            {laid.nodes.map(node => (
              <FlowNode
                key={node.key}
                node={node}
                name={name(node)}
                colour={STAGES[node.stage] === 'policy' ? colourOf(node.id) : 'muted'}
                room={width / stages.length / LETTER}
                isLast={node.stage === stages.length - 1}
                onChoose={node.id === null || !stages[node.stage]!.chooses ? undefined : () => onChoose(node)}
              />
            ))}
          </g>
        </svg>
      )}
    </figure>
  );
}

interface FlowNodeProps {
  node: Node;
  name: string;
  colour: string;
  /** Letters of its name that fit next to it. */
  room: number;
  isLast: boolean;
  onChoose: (() => void) | undefined;
}

function FlowNode({ node, name, colour, room, isLast, onChoose }: FlowNodeProps) {
  const { x0 = 0, x1 = 0, y0 = 0, y1 = 0 } = node;
  const text = name.length > room ? `${name.slice(0, Math.max(1, Math.floor(room) - 1))}…` : name;
  const reach = 6 + text.length * LETTER;
  const press = ({ key }: KeyboardEvent): void => {
    if (key === 'Enter' || key === ' ') onChoose?.();
  };
  const choice = onChoose && {
    ...{ role: 'button', tabIndex: 0, 'aria-label': `Only ${name}: ${bytes(String(node.bytes))}` },
    ...{ onClick: onChoose, onKeyDown: press },
  };
  return (
    <g className={onChoose ? 'flow-node' : undefined} {...choice}>
      <title>{`${name}: ${words(node.bytes)}`}</title>
      <rect
        x={x0}
        y={y0}
        width={x1 - x0}
        height={Math.max(1, y1 - y0)}
        style={{ fill: `var(--${colour})` }}
      />
      {/* Node and name are one place to click, over the bands behind them. */}
      <rect
        x={isLast ? x0 - reach : x0}
        y={Math.min(y0, (y0 + y1) / 2 - 10)}
        width={NODE_WIDTH + reach}
        height={Math.max(y1 - y0, 20)}
        fillOpacity={0}
      />
      <text x={isLast ? x0 - 6 : x1 + 6} y={(y0 + y1) / 2 + 4} textAnchor={isLast ? 'end' : 'start'}>
        {text}
      </text>
    </g>
  );
}

const curve = sankeyLinkHorizontal();

/** The layout of the diagram; undefined while it has no width. */
function layout({ nodes, links }: FlowGraph, { width, height }: { width: number; height: number }) {
  if (width === 0 || nodes.length === 0) return undefined;
  return sankey<GraphNode, Drawn>()
    .nodeId(({ key }) => key)
    .nodeAlign(({ stage }: GraphNode) => stage)
    .nodeSort(null)
    .nodeWidth(NODE_WIDTH)
    .nodePadding(16)
    .extent([
      [0, 4],
      [width, height - 4],
    ])({
    nodes: nodes.map(node => ({ ...node })),
    links: links.map(link => ({ ...link, value: Number(link.bytes) })),
  });
}

/** A colour for each of the largest policies, as charts have them. */
function colours({ nodes }: FlowGraph): (id: string | null) => string {
  const policies = nodes.filter(({ stage, id }) => STAGES[stage] === 'policy' && id !== null);
  const byId = new Map(policies.map(({ id }, index) => [id, `series-${index + 1}`]));
  return id => byId.get(id) ?? 'series-other';
}

const words = (amount: bigint): string => `${bytes(String(amount))}, ${count(amount)} bytes`;

function anchorOf(index: number, of: number): 'start' | 'middle' | 'end' {
  return index === 0 ? 'start' : index === of - 1 ? 'end' : 'middle';
}
