import { useMemo, useState } from 'react';
import { APPLICATION_CLASSES } from '../../../core/policy/application-class.ts';
import { useChange } from '../../data/use-change.ts';
import { Conflict, isConflict, useSeen } from '../../panels/conflict.tsx';
import { Form } from '../../parts/form.tsx';
import { SelectField } from '../../parts/select-field.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { useRested } from '../../parts/use-rested.ts';
import { DraftImpact } from './draft-impact.tsx';
import { DraftShadows } from './draft-shadows.tsx';
import { FlowTester } from './flow-tester.tsx';
import { CREATE_POLICY, type PolicyRow, UPDATE_POLICY } from './operations.ts';
import { ANY, argumentsOf, draftOf, type PolicyValues, valuesOf } from './policy-draft.ts';

const APPLICATIONS = [
  { id: ANY, text: 'Any' },
  ...APPLICATION_CLASSES.map(name => ({ id: name as string, text: name as string })),
];

/** Conditions that the person types. */
const CONDITIONS = [
  { name: 'source_cidr', label: 'Source network', description: 'Such as 10.1.0.0/16. Empty: any.' },
  { name: 'destination_cidr', label: 'Destination network', description: 'Empty: any.' },
  { name: 'protocol', label: 'IP protocol', description: '6 is TCP, 17 is UDP. Empty: any.' },
  { name: 'source_port', label: 'Source port' },
  { name: 'destination_port_from', label: 'Destination port, or the first of a range' },
  { name: 'destination_port_to', label: 'Last destination port' },
] as const;

export type DefinedPolicy = PolicyRow & { updated_at: string };

export interface PolicyFormProps {
  /** The policy to change; left out: a new one. */
  policy?: DefinedPolicy;
  onClose(): void;
}

/** The definition of a policy, next to the impact of saving it on traffic and on other policies. */
export function PolicyForm({ policy: latest, onClose }: PolicyFormProps) {
  const [policy, showLatest] = useSeen(latest);
  return (
    <Editor key={policy?.updated_at} {...(policy && { policy })} onLatest={showLatest} onClose={onClose} />
  );
}

interface EditorProps extends PolicyFormProps {
  onLatest(): void;
}

function Editor({ policy, onLatest, onClose }: EditorProps) {
  const [values, setValues] = useState(() => valuesOf(policy));
  const rested = useRested(values);
  const draft = useMemo(() => draftOf(rested, policy), [rested, policy]);
  const { save, change } = useSave(policy, onClose);
  const field = (name: string) => ({
    name,
    value: values[name] ?? '',
    onChange: (text: string) => setValues(now => ({ ...now, [name]: text })),
  });
  return (
    <div className="editor">
      <Form
        submit={policy ? 'Save' : 'Create'}
        isPending={change.isPending}
        error={policy && isConflict(change.error) ? null : change.error}
        fieldErrors={change.fieldErrors}
        onSubmit={() => save(values)}
        onCancel={onClose}
      >
        <Conflict
          error={policy ? change.error : null}
          onReload={() => {
            change.reset();
            onLatest();
          }}
          onOverwrite={() => save(values, { over: true })}
        />
        <TextField label="Name" isRequired autoFocus {...field('name')} />
        <TextField
          label="Priority"
          description="0 to 1000; the highest is matched first."
          isRequired
          inputMode="numeric"
          {...field('priority')}
        />
        <SelectField
          label="Application"
          options={APPLICATIONS}
          name="match.application"
          value={values['match.application'] ?? ANY}
          onChange={key => setValues(now => ({ ...now, 'match.application': String(key) }))}
        />
        {CONDITIONS.map(({ name, ...texts }) => (
          <TextField key={name} {...texts} {...field(`match.${name}`)} />
        ))}
      </Form>
      <div className="stack">
        <DraftImpact draft={draft} />
        <DraftShadows draft={draft} />
        <FlowTester draft={draft} />
      </div>
    </div>
  );
}

function useSave(policy: DefinedPolicy | undefined, onDone: () => void) {
  // A form that is sent twice creates one policy.
  const [client_token] = useState(() => crypto.randomUUID());
  const create = useChange(CREATE_POLICY, {
    done: ({ createPolicy: { id, name } }) => ({
      message: `Policy ${name} was created.`,
      change: { operation: 'createPolicy', target: `policy:${id}` },
    }),
    onDone,
  });
  const update = useChange(UPDATE_POLICY, {
    done: ({ updatePolicy: { id, name } }) => ({
      message: `Policy ${name} was changed.`,
      change: { operation: 'updatePolicy', target: `policy:${id}` },
    }),
    onDone,
  });
  const save = (values: PolicyValues, { over = false } = {}): void => {
    const { priority, ...others } = argumentsOf(values);
    const given = { ...others, priority: priority ?? -1 };
    if (!policy) create.run({ ...given, client_token });
    else update.run({ id: policy.id, ...given, ...(!over && { if_updated_at: policy.updated_at }) });
  };
  return { save, change: policy ? update : create };
}
