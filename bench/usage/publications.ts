import { waitFor } from './running-call.ts';

/**
 * Publications of functions by mutations, and their recipients. AppSync bills each 5 KB of a
 * message.
 */
export interface Publications {
  requests: number;
  /** Messages to edges, by the number of edges that receive one. */
  to_edges: number;
  /** Messages to each open console. */
  to_consoles: number;
}

/** A mutation that was published. */
export interface Published {
  /** Its field, such as `publishCommand`. */
  field: string;
  variables: Record<string, unknown>;
}

const MESSAGE_BYTES = 5 * 1024;
const FIELD = /mutation \w+[^{]*\{\s*(\w+)/;

export const noPublications = (): Publications => ({ requests: 0, to_edges: 0, to_consoles: 0 });

export interface PublishingCounter {
  /** Since it was last set. */
  counted: Publications;
}

/**
 * Receives the functions' posts to the API instead of AppSync, and calls `onPublished`. All other
 * requests of the process are unchanged.
 */
export function countPublications(
  url: string,
  { edges, onPublished }: { edges: number; onPublished: (published: Published) => void },
): PublishingCounter {
  const counter: PublishingCounter = { counted: noPublications() };
  const send = globalThis.fetch;
  globalThis.fetch = (input, init) => {
    if (String(input) !== url) return send(input, init);
    return waitFor(async () => {
      const { query, variables } = JSON.parse(String(init?.body));
      const [, field = ''] = FIELD.exec(query) ?? [];
      const messages = Math.ceil(Buffer.byteLength(JSON.stringify(variables)) / MESSAGE_BYTES);
      counter.counted.requests++;
      if (field === 'publishEdgeNews') counter.counted.to_edges += messages * edges;
      else if (field === 'publishCommand') counter.counted.to_edges += messages;
      else counter.counted.to_consoles += messages;
      onPublished({ field, variables });
      return Response.json({ data: { [field]: null } });
    });
  };
  return counter;
}
