import type { ExportReader } from './export-reader.ts';
import type { ExportKind, SettledRequest } from './export-request.ts';
import type { ExportTable } from './export-table.ts';

/** Fields whose ids have a name in the inventory. Edges and endpoints have ids and no names. */
export type NamedField = 'policy_id' | 'site_id';

/** A row with the names of its ids; null if nothing with this id exists (any more). */
export type Named<Row> = Row & { policy_name?: string | null; site_name?: string | null };

/** The ids of new sites. Other site ids in reports are not in the inventory. */
const SITE_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Site names that are requested at the same time. */
const SITES_AT_ONCE = 50;

/**
 * Adds a column with the name of each id after the other columns, so that programs that read those
 * continue to work. Names are those at the time when the page is read. A deleted site or policy has
 * none.
 */
export function withNames<Kind extends ExportKind, Row extends Partial<Record<NamedField, unknown>>>(
  table: ExportTable<Kind, Row>,
  fieldsOf: (request: SettledRequest<Kind>) => readonly NamedField[],
): ExportTable<Kind, Named<Row>> {
  return {
    columns: request => [
      ...table.columns(request),
      ...fieldsOf(request).map(field => {
        const name = NAME_OF[field];
        return { name, value: (row: Named<Row>) => row[name] };
      }),
    ],

    async *pages(reader, request, start) {
      const fields = fieldsOf(request);
      const nameRow = { policy_id: policyNames(reader), site_id: siteNames(reader) };
      for await (const page of table.pages(reader, request, start)) {
        const rows: Named<Row>[] = page.rows.map(row => ({ ...row }));
        for (const field of fields) await nameRow[field](rows);
        yield { ...page, rows };
      }
    },
  };
}

const NAME_OF = { policy_id: 'policy_name', site_id: 'site_name' } as const;

type NamedRow = Named<Partial<Record<NamedField, unknown>>>;

function policyNames(reader: ExportReader) {
  let known: Promise<ReadonlyMap<string, string>> | undefined;
  return async (rows: NamedRow[]): Promise<void> => {
    known ??= reader.policyNames();
    const names = await known;
    for (const row of rows) row.policy_name = names.get(String(row.policy_id)) ?? null;
  };
}

function siteNames(reader: ExportReader) {
  const names = new Map<string, string | null>();
  return async (rows: NamedRow[]): Promise<void> => {
    const ids = new Set(rows.map(({ site_id }) => String(site_id)));
    const asked = [...ids].filter(id => SITE_ID.test(id) && !names.has(id));
    for (let index = 0; index < asked.length; index += SITES_AT_ONCE) {
      const some = asked.slice(index, index + SITES_AT_ONCE);
      const found = await reader.siteNames(some);
      for (const id of some) names.set(id, found.get(id) ?? null);
    }
    for (const row of rows) row.site_name = names.get(String(row.site_id)) ?? null;
  };
}
