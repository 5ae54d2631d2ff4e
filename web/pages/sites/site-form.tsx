import { useState } from 'react';
import { useChange } from '../../data/use-change.ts';
import { Conflict, isConflict, useSeen } from '../../panels/conflict.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Form } from '../../parts/form.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { CREATE_SITE, UPDATE_SITE } from './operations.ts';

export interface SiteFormProps {
  /** The site to change; left out: a new one. */
  site?: SiteFields;
  onClose(): void;
  onDone?(id: string): void;
}

interface SiteFields {
  id: string;
  name: string;
  location: string | null;
  latitude: number | null;
  longitude: number | null;
  public_key: string | null;
  updated_at: string;
}

export function SiteForm({ site: latest, onClose, onDone }: SiteFormProps) {
  const [site, showLatest] = useSeen(latest);
  const [sent, setSent] = useState<Record<string, string>>({});
  // A form that is sent twice creates one site.
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
  const save = (given: Record<string, string>, { over = false } = {}): void => {
    const { name = '', location, latitude, longitude, public_key } = given;
    const values = {
      name,
      location: location || null,
      latitude: latitude ? Number(latitude) : null,
      longitude: longitude ? Number(longitude) : null,
      public_key: public_key || null,
    };
    setSent(given);
    if (!site) create.run({ ...values, client_token });
    else update.run({ site_id: site.id, ...values, ...(!over && { if_updated_at: site.updated_at }) });
  };
  return (
    <Dialog title={site ? 'Change the site' : 'New site'} onClose={onClose}>
      <Form
        key={site?.updated_at}
        submit={site ? 'Save' : 'Create'}
        isPending={isPending}
        error={site && isConflict(error) ? null : error}
        fieldErrors={fieldErrors}
        onSubmit={values => save(values)}
        onCancel={onClose}
      >
        <Conflict
          error={site ? error : null}
          onReload={() => {
            update.reset();
            showLatest();
          }}
          onOverwrite={() => save(sent, { over: true })}
        />
        <TextField label="Name" name="name" isRequired autoFocus defaultValue={site?.name ?? ''} />
        <TextField label="Location" name="location" defaultValue={site?.location ?? ''} />
        <TextField
          label="Latitude"
          description="Degrees, north is positive, such as 52.52. The map needs latitude and longitude."
          name="latitude"
          inputMode="decimal"
          defaultValue={String(site?.latitude ?? '')}
        />
        <TextField
          label="Longitude"
          description="Degrees, east is positive, such as 13.4."
          name="longitude"
          inputMode="decimal"
          defaultValue={String(site?.longitude ?? '')}
        />
        <TextField
          label="WireGuard public key"
          description="Base64 of 32 bytes, as `wg pubkey` prints it. Optional."
          name="public_key"
          autoComplete="off"
          defaultValue={site?.public_key ?? ''}
        />
      </Form>
    </Dialog>
  );
}
