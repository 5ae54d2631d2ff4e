import { useChange } from '../../data/use-change.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Form } from '../../parts/form.tsx';
import { SelectField } from '../../parts/select-field.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { type GroupRow, SAVE_GROUP } from './operations.ts';

export interface GroupFormProps {
  /** The group to change; left out: a new one. */
  group?: GroupRow;
  onClose(): void;
}

/** Creates a group, or changes its members. */
export function GroupForm({ group, onClose }: GroupFormProps) {
  const { run, isPending, error, fieldErrors } = useChange(SAVE_GROUP, {
    done: ({ saveNamedGroup: { name } }) => ({
      message: `Group ${name} was saved.`,
      change: { operation: 'saveNamedGroup', target: `group:${name.toLowerCase()}` },
    }),
    onDone: onClose,
  });
  const save = ({ name = '', kind, members = '' }: Record<string, string>): void =>
    run({
      name: group?.name ?? name.trim(),
      kind: kind === 'PORTS' ? 'PORTS' : 'NETWORKS',
      members: members.split(/[\s,]+/).filter(member => member !== ''),
      ...(group && { if_updated_at: group.updated_at }),
    });
  return (
    <Dialog title={group ? `Change group ${group.name}` : 'New group'} onClose={onClose}>
      <Form
        submit={group ? 'Save' : 'Create'}
        isPending={isPending}
        error={error}
        fieldErrors={fieldErrors}
        onSubmit={save}
        onCancel={onClose}
      >
        {!group && (
          <TextField
            label="Name"
            name="name"
            isRequired
            autoFocus
            description="Letters, digits, dots, hyphens and underscores. Filters refer to it as @name."
          />
        )}
        <SelectField
          label="Of"
          name="kind"
          options={[
            { id: 'NETWORKS', text: 'Networks: addresses and prefixes' },
            { id: 'PORTS', text: 'Ports and port ranges' },
          ]}
          defaultValue={group?.kind ?? 'NETWORKS'}
        />
        <TextField
          label="Members"
          name="members"
          isRequired
          rows={6}
          description="Such as 10.1.0.0/16, or 443 and 8000-8100; one on each line, or separated by commas."
          defaultValue={group?.members.join('\n') ?? ''}
        />
      </Form>
    </Dialog>
  );
}
