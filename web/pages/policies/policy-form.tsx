import { useState } from 'react';
import { APPLICATION_CLASSES, type ApplicationClass } from '../../../core/policy/application-class.ts';
import { useChange } from '../../data/use-change.ts';
import { Conflict, isConflict, useSeen } from '../../panels/conflict.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Form } from '../../parts/form.tsx';
import { SelectField } from '../../parts/select-field.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { CREATE_POLICY, type PolicyRow, UPDATE_POLICY } from './operations.ts';

const ANY = 'any';

const APPLICATIONS = [
  { id: ANY, text: 'Any' },
  ...APPLICATION_CLASSES.map(name => ({ id: name as string, text: name as string })),
];

/** Conditions that are typed in. */
const TEXTS = [
  { name: 'source_cidr', label: 'Source network', description: 'Such as 10.1.0.0/16. Empty: any.' },
  { name: 'destination_cidr', label: 'Destination network', description: 'Empty: any.' },
] as const;

const NUMBERS = [
  { name: 'protocol', label: 'IP protocol', description: '6 is TCP, 17 is UDP. Empty: any.' },
  { name: 'source_port', label: 'Source port', description: '' },
  { name: 'destination_port_from', label: 'Destination port, or the first of a range', description: '' },
  { name: 'destination_port_to', label: 'Last destination port', description: '' },
] as const;

type DefinedPolicy = PolicyRow & { updated_at: string };

export interface PolicyFormProps {
  /** The policy to change; left out: a new one. */
  policy?: DefinedPolicy;
  onClose(): void;
}

export function PolicyForm({ policy: latest, onClose }: PolicyFormProps) {
  const [policy, showLatest] = useSeen(latest);
  const [sent, setSent] = useState<Record<string, string>>({});
  // A form that is sent twice makes one policy.
  const [client_token] = useState(() => crypto.randomUUID());
  const create = useChange(CREATE_POLICY, {
    done: ({ createPolicy: { id, name } }) => ({
      message: `Policy ${name} was created.`,
      change: { operation: 'createPolicy', target: `policy:${id}` },
    }),
    onDone: onClose,
  });
  const update = useChange(UPDATE_POLICY, {
    done: ({ updatePolicy: { id, name } }) => ({
      message: `Policy ${name} was changed.`,
      change: { operation: 'updatePolicy', target: `policy:${id}` },
    }),
    onDone: onClose,
  });
  const { isPending, error, fieldErrors } = policy ? update : create;
  const save = (given: Record<string, string>, { over = false } = {}): void => {
    const { name = '', priority = '' } = given;
    const values = { name, priority: numberOf(priority)!, match: matchOf(given) };
    setSent(given);
    if (!policy) create.run({ ...values, client_token });
    else update.run({ id: policy.id, ...values, ...(!over && { if_updated_at: policy.updated_at }) });
  };
  const { match } = policy ?? {};
  return (
    <Dialog title={policy ? 'Change the policy' : 'New policy'} onClose={onClose}>
      <Form
        key={policy?.updated_at}
        submit={policy ? 'Save' : 'Create'}
        isPending={isPending}
        error={policy && isConflict(error) ? null : error}
        fieldErrors={fieldErrors}
        onSubmit={values => save(values)}
        onCancel={onClose}
      >
        <Conflict
          error={policy ? error : null}
          onReload={() => {
            update.reset();
            showLatest();
          }}
          onOverwrite={() => save(sent, { over: true })}
        />
        <TextField label="Name" name="name" isRequired autoFocus defaultValue={policy?.name ?? ''} />
        <TextField
          label="Priority"
          description="0 to 1000; the highest is matched first."
          name="priority"
          isRequired
          inputMode="numeric"
          defaultValue={policy ? String(policy.priority) : ''}
        />
        <SelectField
          label="Application"
          name="match.application"
          options={APPLICATIONS}
          defaultValue={match?.application ?? ANY}
        />
        {TEXTS.map(({ name, ...texts }) => (
          <TextField key={name} {...texts} name={`match.${name}`} defaultValue={match?.[name] ?? ''} />
        ))}
        {NUMBERS.map(({ name, label, description }) => (
          <TextField
            key={name}
            label={label}
            {...(description && { description })}
            name={`match.${name}`}
            inputMode="numeric"
            defaultValue={String(match?.[name] ?? '')}
          />
        ))}
      </Form>
    </Dialog>
  );
}

/** Conditions by what the fields hold: an empty one asks for nothing. */
function matchOf(given: Record<string, string>) {
  const text = (name: string) => given[`match.${name}`]?.trim() || null;
  const application = text('application');
  return {
    application: application === ANY ? null : (application as ApplicationClass | null),
    source_cidr: text('source_cidr'),
    destination_cidr: text('destination_cidr'),
    protocol: numberOf(text('protocol')),
    source_port: numberOf(text('source_port')),
    destination_port_from: numberOf(text('destination_port_from')),
    destination_port_to: numberOf(text('destination_port_to')),
  };
}

/** What is no number is sent as one that the API refuses, so that it says what is allowed. */
function numberOf(text: string | null): number | null {
  if (text === null) return null;
  return /^\d{1,9}$/.test(text) ? Number(text) : -1;
}
