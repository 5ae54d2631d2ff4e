import { useState } from 'react';
import { useChange } from '../../data/use-change.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Form } from '../../parts/form.tsx';
import { GroupChoice, type UserGroup } from './group-choice.tsx';
import { SET_USER_GROUPS, type UserRow } from './operations.ts';

/** Changes the groups of a person. */
export function GroupsForm({ user, onClose }: { user: UserRow; onClose(): void }) {
  const [groups, setGroups] = useState<readonly UserGroup[]>(user.groups);
  const { run, isPending, error, fieldErrors } = useChange(SET_USER_GROUPS, {
    done: ({ setUserGroups: { audit_id } }) => ({
      message: `The groups of ${user.email ?? user.id} were changed.`,
      audit_id,
    }),
    onDone: onClose,
  });
  return (
    <Dialog title={<bdi>{user.email ?? user.id}</bdi>} onClose={onClose}>
      <Form
        submit="Save"
        isPending={isPending}
        error={error}
        fieldErrors={fieldErrors}
        onSubmit={() => run({ user_id: user.id, groups: [...groups] })}
        onCancel={onClose}
      >
        <GroupChoice chosen={groups} onChange={setGroups} error={fieldErrors.groups} />
        <p className="muted">The change applies at their next sign-in, or after one hour at the latest.</p>
      </Form>
    </Dialog>
  );
}
