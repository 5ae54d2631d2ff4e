import type { Column } from '../../core/export/table.ts';
import type { GraphqlClient } from '../../edge/system/graphql-client.ts';

// biome-ignore lint/suspicious/noExplicitAny: rows are what the API answers; the columns say what is taken of them
export type Row = any;

/** What was asked for on the command line. Times are RFC 3339, UTC. */
export interface ExportOptions {
  from: string;
  to: string;
  policy?: string;
  site?: string;
  endpoint?: string;
  edge?: string;
  resolution?: string;
  by: string[];
  order: string;
  address?: string;
  port?: number;
  protocol?: number;
  application?: string;
  actor?: string;
  action?: string;
  target?: string;
}

/** Something that can be exported. */
export interface ExportSource {
  columns(options: ExportOptions): Column<Row>[];
  /** Its rows in pages; `progress` is told how far it has come, 0 to 1. */
  pages(
    client: GraphqlClient,
    options: ExportOptions,
    progress: (share: number) => void,
  ): AsyncGenerator<Row[]>;
}

/** Columns named as the fields they are taken from, or as said. */
export function fields(names: Record<string, string>): Column<Row>[] {
  return Object.entries(names).map(([name, path]) => {
    const steps = path.split('.');
    return { name, value: row => steps.reduce((value, step) => value?.[step], row) };
  });
}

/** All pages of a list, newest first; progress is how far back they have come. */
export async function* listPages(
  ask: (next_token: string | null) => Promise<{ items: Row[]; next_token: string | null }>,
  { from, to, time, progress }: ExportOptions & { time: string; progress: (share: number) => void },
): AsyncGenerator<Row[]> {
  let next_token: string | null = null;
  do {
    const page = await ask(next_token);
    const last = page.items.at(-1);
    if (last) progress((Date.parse(to) - Date.parse(last[time])) / (Date.parse(to) - Date.parse(from)));
    yield page.items;
    next_token = page.next_token;
  } while (next_token !== null);
}

/** What of the options narrows traffic. */
export function trafficFilter({ policy, site, endpoint, edge }: ExportOptions): Record<string, string> {
  return {
    ...(policy !== undefined && { policy_id: policy }),
    ...(site !== undefined && { site_id: site }),
    ...(endpoint !== undefined && { endpoint_id: endpoint }),
    ...(edge !== undefined && { edge_id: edge }),
  };
}
