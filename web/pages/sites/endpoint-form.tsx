import { useState } from 'react';
import { useChange } from '../../data/use-change.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Form } from '../../parts/form.tsx';
import { SelectField } from '../../parts/select-field.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { INTERFACE_TYPES, type InterfaceType } from './interface-types.ts';
import { ADD_ENDPOINT } from './operations.ts';

export interface EndpointFormProps {
  site_id: string;
  onClose(): void;
}

export function EndpointForm({ site_id, onClose }: EndpointFormProps) {
  const [client_token] = useState(() => crypto.randomUUID());
  const { run, isPending, error, fieldErrors } = useChange(ADD_ENDPOINT, {
    done: ({ addEndpoint: { id } }) => ({
      message: `Endpoint ${id} was added.`,
      change: { operation: 'addEndpoint', target: `site:${site_id}` },
    }),
    onDone: onClose,
  });
  const save = ({ endpoint_id, address = '', interface_type, cost_per_gb }: Record<string, string>): void =>
    run({
      site_id,
      endpoint_id: endpoint_id || null,
      address,
      interface_type: interface_type as InterfaceType,
      cost_per_gb: cost_per_gb ? Number(cost_per_gb) : null,
      client_token,
    });
  return (
    <Dialog title="New endpoint" onClose={onClose}>
      <Form
        submit="Add"
        isPending={isPending}
        error={error}
        fieldErrors={fieldErrors}
        onSubmit={save}
        onCancel={onClose}
      >
        <TextField
          label="Id"
          description="As the site’s edge calls it in its reports. Empty: the first free of wan1, wan2 …"
          name="endpoint_id"
          autoFocus
        />
        <TextField
          label="Address"
          description="IPv4 address, IPv6 address or host name, with or without a port."
          name="address"
          isRequired
        />
        <SelectField
          label="Type of link"
          name="interface_type"
          options={INTERFACE_TYPES}
          defaultValue="FIBER"
        />
        <TextField label="Cost, US dollars a GB" name="cost_per_gb" inputMode="decimal" />
      </Form>
    </Dialog>
  );
}
