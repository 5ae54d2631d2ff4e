import { useState } from 'react';
import { useChange } from '../../data/use-change.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Form } from '../../parts/form.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { GroupChoice, type UserGroup } from './group-choice.tsx';
import { INVITE_USER } from './operations.ts';

export interface InviteFormProps {
  /** The person to invite again; left out: a new person. */
  invited?: { email: string; groups: readonly UserGroup[] } | undefined;
  onClose(): void;
}

/** Invites a person by mail. */
export function InviteForm({ invited, onClose }: InviteFormProps) {
  const [groups, setGroups] = useState<readonly UserGroup[]>(invited?.groups ?? ['viewer']);
  const { run, isPending, error, fieldErrors } = useChange(INVITE_USER, {
    done: ({ inviteUser: { user } }) => ({ message: `An invitation was mailed to ${user.email}.` }),
    onDone: onClose,
  });
  return (
    <Dialog title={invited ? 'Invite again' : 'Invite a person'} onClose={onClose}>
      <Form
        submit="Send the invitation"
        isPending={isPending}
        error={error}
        fieldErrors={fieldErrors}
        onSubmit={({ email = '' }) => run({ email, groups: [...groups] })}
        onCancel={onClose}
      >
        <TextField
          label="E-mail address"
          name="email"
          inputMode="email"
          autoComplete="off"
          autoFocus
          isRequired
          isReadOnly={invited !== undefined}
          description="They receive a password that is valid for three days, and choose their own at the first sign-in."
          defaultValue={invited?.email ?? ''}
        />
        <GroupChoice chosen={groups} onChange={setGroups} error={fieldErrors.groups} />
      </Form>
    </Dialog>
  );
}
