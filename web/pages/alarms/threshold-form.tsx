import { useState } from 'react';
import { useAnswer } from '../../data/use-answer.ts';
import { useChange } from '../../data/use-change.ts';
import { Conflict, isConflict, useSeen } from '../../panels/conflict.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Form } from '../../parts/form.tsx';
import { SelectField } from '../../parts/select-field.tsx';
import { type Suggestion, TextField } from '../../parts/text-field.tsx';
import { METRIC_UNITS, METRIC_WORDS, type Metric, numberIn, SCOPES, type Scope } from './metrics.ts';
import { SET_THRESHOLD, THRESHOLD_TARGETS, type ThresholdRow, UPDATE_THRESHOLD } from './operations.ts';

export interface ThresholdFormProps {
  /** The threshold to change; left out: a new one. */
  threshold?: ThresholdRow;
  /** The target of a new threshold. */
  scope?: Scope;
  target?: string;
  onClose(): void;
}

const DIRECTIONS = [
  { id: 'ABOVE', text: 'Above' },
  { id: 'BELOW', text: 'Below' },
];

export function ThresholdForm({
  threshold: latest,
  scope: asked = 'EDGE',
  target = '',
  onClose,
}: ThresholdFormProps) {
  const [threshold, showLatest] = useSeen(latest);
  const [sent, setSent] = useState<Record<string, string>>({});
  const [scope, setScope] = useState<Scope>(threshold?.scope ?? asked);
  const [chosen, setMetric] = useState<Metric | undefined>(threshold?.metric);
  const metrics = SCOPES[scope].metrics;
  const metric = chosen && metrics.includes(chosen) ? chosen : metrics[0]!;
  const set = useChange(SET_THRESHOLD, {
    done: ({ setThreshold: { id, name } }) => ({
      message: `The threshold ${name} was created.`,
      change: { operation: 'setThreshold', target: `threshold:${id}` },
    }),
    onDone: onClose,
  });
  const update = useChange(UPDATE_THRESHOLD, {
    done: ({ updateThreshold: { id, name } }) => ({
      message: `The threshold ${name} was changed.`,
      change: { operation: 'updateThreshold', target: `threshold:${id}` },
    }),
    onDone: onClose,
  });
  const { isPending, error, fieldErrors } = threshold ? update : set;
  const save = (given: Record<string, string>, { over = false } = {}): void => {
    setSent(given);
    const value = numberIn(given.value) ?? -1;
    const values = {
      name: given.name ?? '',
      direction: given.direction === 'BELOW' ? ('BELOW' as const) : ('ABOVE' as const),
      value,
      clear_value: numberIn(given.clear_value) ?? value,
      minutes: Math.trunc(numberIn(given.minutes) ?? 0),
    };
    if (!threshold) set.run({ ...values, scope, metric, target_id: given.target_id?.trim() ?? '' });
    else update.run({ id: threshold.id, ...values, ...(!over && { if_updated_at: threshold.updated_at }) });
  };
  return (
    <Dialog title={threshold ? 'Change threshold' : 'New threshold'} onClose={onClose}>
      <Form
        key={threshold?.updated_at}
        submit={threshold ? 'Save' : 'Create'}
        isPending={isPending}
        error={threshold && isConflict(error) ? null : error}
        fieldErrors={fieldErrors}
        onSubmit={values => save(values)}
        onCancel={onClose}
      >
        <Conflict
          error={threshold ? error : null}
          onReload={() => {
            update.reset();
            showLatest();
          }}
          onOverwrite={() => save(sent, { over: true })}
        />
        <TextField label="Name" name="name" isRequired autoFocus defaultValue={threshold?.name ?? ''} />
        {!threshold && (
          <>
            <SelectField
              label="On a"
              options={Object.entries(SCOPES).map(([id, { word }]) => ({ id, text: word }))}
              value={scope}
              onChange={id => setScope(String(id) as Scope)}
            />
            <TargetField scope={scope} defaultValue={target} />
            <SelectField
              label="Figure"
              options={metrics.map(id => ({ id, text: METRIC_WORDS[id] }))}
              value={metric}
              onChange={id => setMetric(String(id) as Metric)}
            />
          </>
        )}
        <SelectField
          label="Is"
          name="direction"
          options={metric === 'SILENCE_MINUTES' ? DIRECTIONS.slice(0, 1) : DIRECTIONS}
          defaultValue={threshold?.direction ?? 'ABOVE'}
        />
        <TextField
          label="Value"
          name="value"
          description={METRIC_UNITS[metric]}
          isRequired
          defaultValue={threshold ? String(threshold.value) : ''}
        />
        <TextField
          label="Clear value"
          name="clear_value"
          description="The alarm clears at this value. Empty: the same as the value."
          defaultValue={threshold ? String(threshold.clear_value) : ''}
        />
        <TextField
          label="Minutes"
          name="minutes"
          description="Consecutive minutes, 1 to 1,440."
          isRequired
          inputMode="numeric"
          defaultValue={String(threshold?.minutes ?? 5)}
        />
      </Form>
    </Dialog>
  );
}

/** A field for an id; it suggests policies, sites and edges by name. */
function TargetField({ scope, defaultValue }: { scope: Scope; defaultValue: string }) {
  const { data } = useAnswer(THRESHOLD_TARGETS, {});
  const suggestions: Record<Scope, Suggestion[]> = {
    POLICY: (data?.data.policies.items ?? []).map(({ id, name }) => ({ value: id, name })),
    SITE: (data?.data.sites.items ?? []).map(({ id, name }) => ({ value: id, name })),
    EDGE: (data?.data.edges.items ?? []).map(({ id }) => ({ value: id, name: id })),
    PATH: [],
  };
  return (
    <TextField
      label={`Id of the ${SCOPES[scope].word.toLowerCase()}`}
      name="target_id"
      isRequired
      autoComplete="off"
      suggestions={suggestions[scope]}
      defaultValue={defaultValue}
    />
  );
}
