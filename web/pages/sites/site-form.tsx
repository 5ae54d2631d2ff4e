import { useState } from 'react';
import { useChange } from '../../data/use-change.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Form } from '../../parts/form.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { CREATE_SITE, UPDATE_SITE } from './operations.ts';

export interface SiteFormProps {
  /** The site to change; left out: a new one. */
  site?: { id: string; name: string; location: string | null; public_key: string | null };
  onClose(): void;
  onDone?(id: string): void;
}

export function SiteForm({ site, onClose, onDone }: SiteFormProps) {
  // A form that is sent twice makes one site.
  const [client_token] = useState(() => crypto.randomUUID());
  const finish = (id: string): void => {
    onClose();
    onDone?.(id);
  };
  const create = useChange(CREATE_SITE, {
    done: ({ createSite: { id, name } }) => ({
      message: `Site ${name} was created.`,
      change: { operation: 'createSite', target: `site:${id}` },
    }),
    onDone: ({ createSite }) => finish(createSite.id),
  });
  const update = useChange(UPDATE_SITE, {
    done: ({ updateSite: { id, name } }) => ({
      message: `Site ${name} was changed.`,
      change: { operation: 'updateSite', target: `site:${id}` },
    }),
    onDone: ({ updateSite }) => finish(updateSite.id),
  });
  const { isPending, error, fieldErrors } = site ? update : create;
  const save = ({ name = '', location, public_key }: Record<string, string>): void => {
    const values = { name, location: location || null, public_key: public_key || null };
    if (site) update.run({ site_id: site.id, ...values });
    else create.run({ ...values, client_token });
  };
  return (
    <Dialog title={site ? 'Change the site' : 'New site'} onClose={onClose}>
      <Form
        submit={site ? 'Save' : 'Create'}
        isPending={isPending}
        error={error}
        fieldErrors={fieldErrors}
        onSubmit={save}
        onCancel={onClose}
      >
        <TextField label="Name" name="name" isRequired autoFocus defaultValue={site?.name ?? ''} />
        <TextField label="Location" name="location" defaultValue={site?.location ?? ''} />
        <TextField
          label="WireGuard public key"
          description="Base64 of 32 bytes, as `wg pubkey` prints it; may be left empty."
          name="public_key"
          autoComplete="off"
          defaultValue={site?.public_key ?? ''}
        />
      </Form>
    </Dialog>
  );
}
