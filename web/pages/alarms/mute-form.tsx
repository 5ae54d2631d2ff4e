import { useState } from 'react';
import { useChange } from '../../data/use-change.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Form } from '../../parts/form.tsx';
import { SelectField } from '../../parts/select-field.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { SET_MUTE, type ThresholdRow } from './operations.ts';

const HOUR_MS = 3_600_000;

const TIMES = [
  { id: '1', text: '1 hour' },
  { id: '4', text: '4 hours' },
  { id: '24', text: '1 day' },
  { id: '168', text: '1 week' },
];

const ANY = 'ANY';

export interface MuteFormProps {
  /** The target of the alarms, from the address; empty: any. */
  target: string;
  thresholds: readonly ThresholdRow[];
  onClose(): void;
}

export function MuteForm({ target, thresholds, onClose }: MuteFormProps) {
  const [threshold, setThreshold] = useState(ANY);
  const { run, isPending, error, fieldErrors } = useChange(SET_MUTE, {
    done: ({ setMute: { id } }) => ({
      message: 'The alarms are muted: they are listed but not delivered.',
      change: { operation: 'setMute', target: `mute:${id}` },
    }),
    onDone: onClose,
  });
  const save = (given: Record<string, string>): void =>
    run({
      target: given.target?.trim() || null,
      threshold_id: threshold === ANY ? null : threshold,
      until: new Date(Date.now() + Number(given.hours) * HOUR_MS).toISOString(),
      reason: given.reason ?? '',
    });
  return (
    <Dialog title="New mute" onClose={onClose}>
      <Form
        submit="Mute"
        isPending={isPending}
        error={error}
        fieldErrors={fieldErrors}
        onSubmit={save}
        onCancel={onClose}
      >
        <TextField
          label="About"
          name="target"
          description="Such as edge:edge-7, or site:<id> for a site and everything at it. Empty: any."
          autoComplete="off"
          defaultValue={target}
        />
        <SelectField
          label="Threshold"
          options={[
            { id: ANY, text: 'Any alarm' },
            ...thresholds.map(({ id, name }) => ({ id, text: name })),
          ]}
          value={threshold}
          onChange={id => setThreshold(String(id))}
        />
        <SelectField label="For" name="hours" options={TIMES} defaultValue="1" />
        <TextField label="Why" name="reason" isRequired autoFocus />
      </Form>
    </Dialog>
  );
}
