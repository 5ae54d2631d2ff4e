import { useState } from 'react';
import { useMay } from '../../data/me.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { useChange } from '../../data/use-change.ts';
import { Conflict, isConflict } from '../../panels/conflict.tsx';
import { Form } from '../../parts/form.tsx';
import { Loaded } from '../../parts/panel.tsx';
import { SelectField } from '../../parts/select-field.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { ROUTING, type Routing, SET_ROUTING } from './operations.ts';
import { PolicyPaths } from './policy-paths.tsx';
import { PREFERENCES, preferenceText, routingArguments, WEIGHTS } from './routing-arguments.ts';

/**
 * How a policy chooses its paths and when it leaves one, and the paths that it uses or has left.
 */
export function PolicyRouting({ policy_id }: { policy_id: string }) {
  const may = useMay();
  const answer = useAnswer(ROUTING, { policy_id }, { changedBy: ['POLICY', 'ROUTING', 'CHANGE_UNDONE'] });
  return (
    <div className="editor">
      <Loaded
        data={answer.data?.data.policyRouting}
        error={answer.error}
        onRetry={() => void answer.refetch()}
      >
        {routing =>
          may('setPolicyRouting') ? (
            <RoutingForm latest={routing} policy_id={policy_id} />
          ) : (
            <RoutingFacts routing={routing} />
          )
        }
      </Loaded>
      <PolicyPaths policy_id={policy_id} />
    </div>
  );
}

function RoutingFacts({ routing }: { routing: Routing }) {
  const { preference, weights, failover_below, failback_above, failback_hold_seconds } = routing;
  return (
    <dl className="facts">
      <dt>Prefers</dt>
      <dd>{preferenceText(preference)}</dd>
      {weights &&
        WEIGHTS.map(({ name, label }) => [
          <dt key={`${name} name`}>{label}</dt>,
          <dd key={name}>{weights[name]}</dd>,
        ])}
      <dt>Fail over when the score is below</dt>
      <dd>{failover_below}</dd>
      <dt>Fail back when the score is above</dt>
      <dd>
        {failback_above} for {failback_hold_seconds} s
      </dd>
    </dl>
  );
}

function RoutingForm({ latest, policy_id }: { latest: Routing; policy_id: string }) {
  const [routing, setRouting] = useState(latest);
  const [preference, setPreference] = useState<Routing['preference']>(latest.preference);
  const [sent, setSent] = useState<Record<string, string>>({});
  // Changes that others save meanwhile don't enter the form; after saving, the form continues from
  // its own changes.
  const [takesLatest, setTakesLatest] = useState(false);
  if (takesLatest && latest.updated_at !== routing.updated_at) {
    setRouting(latest);
    setPreference(latest.preference);
    setTakesLatest(false);
  }
  const { run, isPending, error, fieldErrors, reset } = useChange(SET_ROUTING, {
    done: () => ({
      message: 'The routing was saved and is in effect.',
      change: { operation: 'setPolicyRouting', target: `policy:${policy_id}` },
    }),
    onDone: () => setTakesLatest(true),
  });
  const save = (values: Record<string, string>, { over = false } = {}): void => {
    setSent(values);
    const given = routingArguments(values, preference);
    run({ policy_id, ...given, ...(!over && routing.updated_at && { if_updated_at: routing.updated_at }) });
  };
  return (
    <Form
      key={routing.updated_at}
      submit="Save the routing"
      isPending={isPending}
      error={isConflict(error) ? null : error}
      fieldErrors={fieldErrors}
      onSubmit={values => save(values)}
    >
      <Conflict
        error={error}
        onReload={() => {
          reset();
          setTakesLatest(true);
        }}
        onOverwrite={() => save(sent, { over: true })}
      />
      <SelectField
        label="Prefers"
        name="preference"
        options={PREFERENCES}
        value={preference}
        onChange={key => setPreference(key as Routing['preference'])}
      />
      {preference === 'CUSTOM' &&
        WEIGHTS.map(({ name, label }) => (
          <TextField
            key={name}
            label={label}
            name={`weights.${name}`}
            inputMode="decimal"
            defaultValue={String(routing.weights?.[name] ?? '')}
          />
        ))}
      <TextField
        label="Fail over when the score is below"
        description="0 to 100. Empty: 50."
        name="failover_below"
        inputMode="decimal"
        defaultValue={String(routing.failover_below)}
      />
      <TextField
        label="Fail back when the score is above"
        description="At least the score for failover. Empty: 80."
        name="failback_above"
        inputMode="decimal"
        defaultValue={String(routing.failback_above)}
      />
      <TextField
        label="Seconds above that score"
        description="0 to 86,400. Empty: 60."
        name="failback_hold_seconds"
        inputMode="numeric"
        defaultValue={String(routing.failback_hold_seconds)}
      />
    </Form>
  );
}
