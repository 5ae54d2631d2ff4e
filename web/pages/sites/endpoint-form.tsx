import { useState } from 'react';
import { useCurrency } from '../../data/me.ts';
import { useChange } from '../../data/use-change.ts';
import { Conflict, isConflict, useSeen } from '../../panels/conflict.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Form } from '../../parts/form.tsx';
import { SelectField } from '../../parts/select-field.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { INTERFACE_TYPES, type InterfaceType } from './interface-types.ts';
import { ADD_ENDPOINT, UPDATE_ENDPOINT } from './operations.ts';

export interface EndpointFormProps {
  site_id: string;
  /** The endpoint to change; left out: a new one. */
  endpoint?: EndpointFields | undefined;
  onClose(): void;
}

interface EndpointFields {
  id: string;
  address: string;
  interface_type: InterfaceType;
  cost_per_gb: number;
  updated_at: string;
}

export function EndpointForm({ site_id, endpoint: latest, onClose }: EndpointFormProps) {
  const [client_token] = useState(() => crypto.randomUUID());
  const currency = useCurrency();
  const [endpoint, showLatest] = useSeen(latest);
  const [sent, setSent] = useState<Record<string, string>>({});
  const add = useChange(ADD_ENDPOINT, {
    done: ({ addEndpoint: { id } }) => ({
      message: `Endpoint ${id} was added.`,
      change: { operation: 'addEndpoint', target: `endpoint:${site_id}/${id}` },
    }),
    onDone: onClose,
  });
  const update = useChange(UPDATE_ENDPOINT, {
    done: ({ updateEndpoint: { id } }) => ({
      message: `Endpoint ${id} was changed.`,
      change: { operation: 'updateEndpoint', target: `endpoint:${site_id}/${id}` },
    }),
    onDone: onClose,
  });
  const { isPending, error, fieldErrors } = endpoint ? update : add;
  const save = (given: Record<string, string>, { over = false } = {}): void => {
    const { endpoint_id, address = '', interface_type, cost_per_gb } = given;
    const values = {
      site_id,
      address,
      interface_type: interface_type as InterfaceType,
      cost_per_gb: Number(cost_per_gb || 0),
    };
    setSent(given);
    if (!endpoint) add.run({ ...values, endpoint_id: endpoint_id || null, client_token });
    else {
      const { id, updated_at } = endpoint;
      update.run({ ...values, endpoint_id: id, ...(!over && { if_updated_at: updated_at }) });
    }
  };
  return (
    <Dialog title={endpoint ? `Change endpoint ${endpoint.id}` : 'New endpoint'} onClose={onClose}>
      <Form
        key={endpoint?.updated_at}
        submit={endpoint ? 'Save' : 'Add'}
        isPending={isPending}
        error={isConflict(error) && endpoint ? null : error}
        fieldErrors={fieldErrors}
        onSubmit={values => save(values)}
        onCancel={onClose}
      >
        {endpoint ? (
          <Conflict
            error={error}
            onReload={() => {
              update.reset();
              showLatest();
            }}
            onOverwrite={() => save(sent, { over: true })}
          />
        ) : (
          <TextField
            label="Id"
            description="The id that the site's edge uses in its reports. Empty: the first unused one of wan1, wan2 …"
            name="endpoint_id"
            autoFocus
          />
        )}
        <TextField
          label="Address"
          description="IPv4 address, IPv6 address or host name, with or without a port."
          name="address"
          isRequired
          defaultValue={endpoint?.address ?? ''}
        />
        <SelectField
          label="Type of link"
          name="interface_type"
          options={INTERFACE_TYPES}
          defaultValue={endpoint?.interface_type ?? 'FIBER'}
        />
        <TextField
          label={`Price a GB${currency ? `, ${currency}` : ''}`}
          description="For 10⁹ bytes that leave through it. Empty or 0 if traffic is not charged by the gigabyte."
          name="cost_per_gb"
          inputMode="decimal"
          defaultValue={endpoint ? String(endpoint.cost_per_gb || '') : ''}
        />
      </Form>
    </Dialog>
  );
}
