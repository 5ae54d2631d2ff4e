import { CheckGroup } from '../../parts/check-group.tsx';
import type { UserRow } from './operations.ts';

export type UserGroup = UserRow['groups'][number];

const GROUPS: readonly { id: UserGroup; text: string }[] = [
  { id: 'viewer', text: 'Viewer: can read' },
  { id: 'operator', text: 'Operator: can change policies, edges and sites' },
  { id: 'admin', text: 'Administrator: can do everything, including deletions, resets and users' },
];

export interface GroupChoiceProps {
  chosen: readonly UserGroup[];
  onChange(groups: UserGroup[]): void;
  error: string | undefined;
}

/** The groups of a person. */
export function GroupChoice(props: GroupChoiceProps) {
  return <CheckGroup label="Groups" options={GROUPS} {...props} />;
}
