import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useAnswer } from '../../data/use-answer.ts';
import { useChange } from '../../data/use-change.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Time } from '../../parts/figures.tsx';
import { Form } from '../../parts/form.tsx';
import { SelectField } from '../../parts/select-field.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { CREATE_INCIDENT, SCOPES } from './operations.ts';

export interface FreezeDialogProps {
  /** RFC 3339. */
  from: string;
  to: string;
  onClose(): void;
}

const ALL = 'all';

/** Freezes the state between two instants as an incident and opens its page. */
export function FreezeDialog({ from, to, onClose }: FreezeDialogProps) {
  const navigate = useNavigate();
  // A form that is sent twice creates one incident.
  const [client_token] = useState(() => crypto.randomUUID());
  const { data } = useAnswer(SCOPES, {});
  const { run, isPending, error, fieldErrors } = useChange(CREATE_INCIDENT, {
    done: ({ createIncident: { id, name } }) => ({
      message: `The incident ${name} is frozen.`,
      change: { operation: 'createIncident', target: `incident:${id}` },
    }),
    onDone: ({ createIncident: { id } }) => void navigate({ to: `/incidents/${id}` }),
  });
  const optionsOf = (things: readonly { id: string; name: string }[] | undefined, all: string) => [
    { id: ALL, text: all },
    ...(things ?? []).map(({ id, name }) => ({ id, text: name })),
  ];
  const policies = optionsOf(data?.data.policies.items, 'All policies');
  const sites = data?.data.sites.items;
  return (
    <Dialog title="Freeze as an incident" onClose={onClose}>
      <p>
        An incident keeps the data from <Time at={from} /> to <Time at={to} /> as it is now, on a page that
        you can share.
      </p>
      <Form
        submit="Freeze"
        isPending={isPending}
        error={error}
        fieldErrors={fieldErrors}
        onCancel={onClose}
        onSubmit={values => {
          const given = (name: string) => (values[name] === ALL ? null : (values[name] ?? null));
          const scope = {
            policy_id: given('scope.policy_id'),
            site_id: given('scope.site_id'),
            peer_site_id: given('scope.peer_site_id'),
          };
          run({ name: values.name ?? '', from, to, scope, client_token });
        }}
      >
        <TextField label="Name" name="name" isRequired autoFocus />
        <SelectField label="Policy" name="scope.policy_id" options={policies} defaultValue={ALL} />
        <SelectField
          label="Site"
          name="scope.site_id"
          options={optionsOf(sites, 'All sites')}
          defaultValue={ALL}
        />
        <SelectField
          label="Second site"
          description="The incident keeps the routing decisions between the two sites."
          name="scope.peer_site_id"
          options={optionsOf(sites, 'Sites whose paths moved or failed')}
          defaultValue={ALL}
        />
      </Form>
    </Dialog>
  );
}
