import type { ApplicationClass } from '../../../core/policy/application-class.ts';
import type { PolicyRow } from './operations.ts';

/** The option for no condition. */
export const ANY = 'any';

/** The fields of a policy's form by the names of their arguments, as texts. */
export type PolicyValues = Readonly<Record<string, string>>;

const MATCH_TEXTS = ['source_cidr', 'destination_cidr'] as const;
const MATCH_NUMBERS = ['protocol', 'source_port', 'destination_port_from', 'destination_port_to'] as const;

/** The initial values of the form; empty for a new policy. */
export function valuesOf(policy: PolicyRow | undefined): PolicyValues {
  const { match } = policy ?? {};
  const conditions = [...MATCH_TEXTS, ...MATCH_NUMBERS].map(name => [
    `match.${name}`,
    String(match?.[name] ?? ''),
  ]);
  return {
    name: policy?.name ?? '',
    priority: policy ? String(policy.priority) : '',
    'match.application': match?.application ?? ANY,
    ...Object.fromEntries(conditions),
  };
}

/** The arguments for the fields' values: an empty condition matches everything. */
export function argumentsOf(values: PolicyValues) {
  const text = (name: string) => values[name]?.trim() || null;
  const application = text('match.application');
  return {
    name: values.name ?? '',
    priority: numberOf(text('priority')),
    match: {
      application: application === ANY ? null : (application as ApplicationClass | null),
      source_cidr: text('match.source_cidr'),
      destination_cidr: text('match.destination_cidr'),
      protocol: numberOf(text('match.protocol')),
      source_port: numberOf(text('match.source_port')),
      destination_port_from: numberOf(text('match.destination_port_from')),
      destination_port_to: numberOf(text('match.destination_port_to')),
    },
  };
}

export type PolicyDraft = ReturnType<typeof argumentsOf> & { id: string | null };

/**
 * The policy with the fields' values, to query the impact of saving it; undefined if saving would
 * not change what edges match, or a new policy has no priority yet.
 */
export function draftOf(values: PolicyValues, policy: PolicyRow | undefined): PolicyDraft | undefined {
  const draft = argumentsOf(values);
  if (draft.priority === null) return undefined;
  const { name: _, ...matched } = draft;
  const { name: __, ...saved } = argumentsOf(valuesOf(policy));
  if (policy && JSON.stringify(matched) === JSON.stringify(saved)) return undefined;
  return { ...draft, name: draft.name.trim() || 'Draft', id: policy?.id ?? null };
}

/**
 * Text that is not a number is sent as one that the API refuses, so that its message says what is
 * allowed.
 */
export function numberOf(text: string | null | undefined): number | null {
  if (text === null || text === undefined) return null;
  return /^\d{1,9}$/.test(text) ? Number(text) : -1;
}
