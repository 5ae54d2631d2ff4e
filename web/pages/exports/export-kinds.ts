import { APPLICATION_CLASSES } from '../../../core/policy/application-class.ts';
import type { Option } from '../../parts/select-field.tsx';

export type ExportKindName = 'HISTORY' | 'STATS' | 'FLOWS' | 'AUDIT';

export interface ExportFieldText {
  /** As the API names it. */
  name: string;
  label: string;
  description?: string;
  /** One of these; left out: text. */
  options?: readonly Option[];
  /** Names to choose an id from, as one types. */
  suggest?: 'policies' | 'sites';
  /** Several texts, separated by commas. */
  list?: boolean;
  /** A number. */
  number?: boolean;
}

const TRAFFIC: readonly ExportFieldText[] = [
  { name: 'policy_id', label: 'Policy', description: 'Its id. Empty: all.', suggest: 'policies' },
  { name: 'site_id', label: 'Site', description: 'Its id. Empty: all.', suggest: 'sites' },
  { name: 'endpoint_id', label: 'Endpoint', description: 'Its id at the site. Empty: all.' },
  { name: 'edge_id', label: 'Edge', description: 'Its id. Empty: all.' },
];

/** What each kind of export is, and what narrows or shapes it. */
export const EXPORT_KIND_TEXTS: Record<
  ExportKindName,
  { word: string; what: string; fields: readonly ExportFieldText[] }
> = {
  HISTORY: {
    word: 'History',
    what: 'Traffic interval by interval, with how complete each one is.',
    fields: [
      ...TRAFFIC,
      {
        name: 'resolution',
        label: 'Intervals',
        options: [
          { id: '', text: 'Finest that is kept' },
          { id: 'MINUTE', text: 'Minutes' },
          { id: 'HOUR', text: 'Hours' },
          { id: 'DAY', text: 'Days' },
        ],
      },
    ],
  },
  STATS: {
    word: 'Sums',
    what: 'Sums of every group, to the byte.',
    fields: [
      ...TRAFFIC,
      {
        name: 'group_by',
        label: 'Grouped by',
        description:
          'One to four of POLICY, SITE, ENDPOINT, EDGE, or of PROTOCOL, APPLICATION, SOURCE_PREFIX, DESTINATION_PREFIX, with commas. Empty: POLICY.',
        list: true,
      },
      {
        name: 'order_by',
        label: 'Order',
        options: [
          { id: 'BYTES', text: 'Most bytes first' },
          { id: 'PACKETS', text: 'Most packets first' },
        ],
      },
    ],
  },
  FLOWS: {
    word: 'Flow log',
    what: 'Every flow that the reports listed, the newest first.',
    fields: [
      ...TRAFFIC,
      { name: 'address', label: 'Address or prefix', description: 'At either end, such as 10.0.0.0/8.' },
      { name: 'port', label: 'Port', description: 'At either end, 0 to 65535.', number: true },
      { name: 'protocol', label: 'IP protocol', description: 'Its number: 6 is TCP, 17 UDP.', number: true },
      {
        name: 'application',
        label: 'Application',
        options: [{ id: '', text: 'Any' }, ...APPLICATION_CLASSES.map(id => ({ id, text: id }))],
      },
    ],
  },
  AUDIT: {
    word: 'Audit log',
    what: 'Who did what, the newest first.',
    fields: [
      { name: 'actor', label: 'Person', description: 'E-mail address, user name or sub. Empty: everybody.' },
      { name: 'action', label: 'Operation', description: 'Such as deletePolicy. Empty: all.' },
      { name: 'target', label: 'Target', description: 'Such as policy:7. Empty: all.' },
    ],
  },
};

export const EXPORT_KINDS = Object.keys(EXPORT_KIND_TEXTS) as ExportKindName[];

/** The kind that a text names; HISTORY where it names none. */
export function exportKindOf(text: string | undefined): ExportKindName {
  return EXPORT_KINDS.find(kind => kind === text) ?? 'HISTORY';
}

/** The fields of a form as the API takes them: without what is empty. */
export function exportFieldsOf(
  kind: ExportKindName,
  values: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const { name, list, number } of EXPORT_KIND_TEXTS[kind].fields) {
    const text = values[name]?.trim();
    if (!text) continue;
    if (list) fields[name] = text.split(',').map(part => part.trim().toUpperCase());
    else fields[name] = number ? Number(text) : text;
  }
  return fields;
}
