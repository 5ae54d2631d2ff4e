import { useState } from 'react';
import { useAnswer } from '../../data/use-answer.ts';
import { useChange } from '../../data/use-change.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Form } from '../../parts/form.tsx';
import { SelectField } from '../../parts/select-field.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { REGISTER_EDGE, SITES } from './operations.ts';

export interface RegisterEdgeProps {
  /** The edge's site; left out: the person chooses it. */
  site_id?: string;
  onClose(): void;
}

export function RegisterEdge({ site_id, onClose }: RegisterEdgeProps) {
  const [client_token] = useState(() => crypto.randomUUID());
  const sites = useAnswer(SITES, { search: null, next_token: null }, { enabled: site_id === undefined });
  const { run, isPending, error, fieldErrors } = useChange(REGISTER_EDGE, {
    done: ({ registerEdge: { id } }) => ({
      message: `Edge ${id} was registered.`,
      change: { operation: 'registerEdge', target: `edge:${id}` },
    }),
    onDone: onClose,
  });
  const options = sites.data?.data.sites.items.map(({ id, name }) => ({ id, text: name })) ?? [];
  const save = (values: Record<string, string>): void =>
    run({
      id: values.id ?? '',
      site_id: site_id ?? values.site_id ?? '',
      interval_s: values.interval_s ? Number(values.interval_s) : null,
      client_token,
    });
  return (
    <Dialog title="Register an edge" onClose={onClose}>
      <Form
        submit="Register"
        isPending={isPending}
        error={error}
        fieldErrors={fieldErrors}
        onSubmit={save}
        onCancel={onClose}
      >
        <TextField
          label="Id"
          description="The id that the edge uses in its reports."
          name="id"
          isRequired
          autoFocus
        />
        {site_id === undefined && <SelectField label="Site" name="site_id" options={options} isRequired />}
        <TextField
          label="Seconds between reports"
          description="1 to 3600. Empty: 60."
          name="interval_s"
          inputMode="numeric"
        />
      </Form>
    </Dialog>
  );
}
