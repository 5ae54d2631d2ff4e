import { APPLICATION_CLASSES } from '../../../core/policy/application-class.ts';
import type { Option } from '../../parts/select-field.tsx';

export type ExportKindName = 'HISTORY' | 'STATS' | 'FLOWS' | 'AUDIT';

export interface ExportFieldText {
  /** The API's name. */
  name: string;
  label: string;
  description?: string;
  /** One of these; left out: text. */
  options?: readonly Option[];
  /** Names to suggest while the person types. */
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

/** The kinds of export, with the fields of each. */
export const EXPORT_KIND_TEXTS: Record<
  ExportKindName,
  { word: string; what: string; fields: readonly ExportFieldText[] }
> = {
  HISTORY: {
    word: 'History',
    what: 'Traffic in each interval, with its completeness.',
    fields: [
      ...TRAFFIC,
      {
        name: 'resolution',
        label: 'Intervals',
        options: [
          { id: '', text: 'Finest available' },
          { id: 'MINUTE', text: 'Minutes' },
          { id: 'HOUR', text: 'Hours' },
          { id: 'DAY', text: 'Days' },
        ],
      },
    ],
  },
  STATS: {
    word: 'Sums',
    what: 'Exact totals of each group.',
    fields: [
      ...TRAFFIC,
      {
        name: 'group_by',
        label: 'Grouped by',
        description:
          'One to four of POLICY, SITE, ENDPOINT, EDGE, or of PROTOCOL, APPLICATION, SOURCE_PREFIX, DESTINATION_PREFIX, separated by commas. Empty: POLICY.',
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
    what: 'Every flow listed in reports, newest first.',
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
    what: 'Who did what, newest first.',
    fields: [
      { name: 'actor', label: 'Person', description: 'E-mail address, user name or sub. Empty: all.' },
      { name: 'action', label: 'Operation', description: 'Such as deletePolicy. Empty: all.' },
      { name: 'target', label: 'Target', description: 'Such as policy:7. Empty: all.' },
    ],
  },
};

export const EXPORT_KINDS = Object.keys(EXPORT_KIND_TEXTS) as ExportKindName[];

/** The kind with this name; HISTORY if there is none. */
export function exportKindOf(text: string | undefined): ExportKindName {
  return EXPORT_KINDS.find(kind => kind === text) ?? 'HISTORY';
}

/** The fields of a form as the API expects them, without empty ones. */
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
