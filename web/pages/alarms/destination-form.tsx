import { useState } from 'react';
import { useChange } from '../../data/use-change.ts';
import { Conflict, isConflict, useSeen } from '../../panels/conflict.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Form } from '../../parts/form.tsx';
import { SelectField } from '../../parts/select-field.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { KIND_WORDS, KINDS, type Kind } from './kinds.ts';
import { type DestinationRow, SET_DESTINATION, UPDATE_DESTINATION } from './operations.ts';

const TYPES = [
  { id: 'WEBHOOK', text: 'Webhook' },
  { id: 'MAIL', text: 'Mail to the addresses of this installation' },
];

/** Stands for several kinds, which only the API can set. */
const ALL = 'ALL';
const SOME = 'SOME';

/** A destination to change; left out: a new one. */
export function DestinationForm({
  destination: latest,
  onClose,
}: {
  destination?: DestinationRow;
  onClose(): void;
}) {
  const [destination, showLatest] = useSeen(latest);
  const [sent, setSent] = useState<Record<string, string>>({});
  const [type, setType] = useState<DestinationRow['type']>(destination?.type ?? 'WEBHOOK');
  const [suggestion] = useState(randomSecret);
  const set = useChange(SET_DESTINATION, {
    done: ({ setDestination: { id, name } }) => ({
      message: `The destination ${name} was created: test it.`,
      change: { operation: 'setDestination', target: `destination:${id}` },
    }),
    onDone: onClose,
  });
  const update = useChange(UPDATE_DESTINATION, {
    done: ({ updateDestination: { id, name } }) => ({
      message: `The destination ${name} was changed.`,
      change: { operation: 'updateDestination', target: `destination:${id}` },
    }),
    onDone: onClose,
  });
  const { isPending, error, fieldErrors } = destination ? update : set;
  const save = (given: Record<string, string>, { over = false } = {}): void => {
    setSent(given);
    const kinds = kindsOf(given.kinds, destination?.kinds ?? null);
    const values = {
      ...{ name: given.name ?? '', kinds },
      ...(type === 'WEBHOOK' && { url: given.url ?? '', secret: given.secret || null }),
    };
    if (!destination) set.run({ ...values, type });
    else
      update.run({ id: destination.id, ...values, ...(!over && { if_updated_at: destination.updated_at }) });
  };
  const chosen = destination?.kinds ?? null;
  const kindOptions = [
    { id: ALL, text: 'All' },
    ...(chosen && chosen.length > 1
      ? [{ id: SOME, text: chosen.map(kind => KIND_WORDS[kind]).join(', ') }]
      : []),
    ...KINDS.map(id => ({ id: id as string, text: `${KIND_WORDS[id]} only` })),
  ];
  return (
    <Dialog title={destination ? 'Change destination' : 'New destination'} onClose={onClose}>
      <Form
        key={destination?.updated_at}
        submit={destination ? 'Save' : 'Create'}
        isPending={isPending}
        error={destination && isConflict(error) ? null : error}
        fieldErrors={fieldErrors}
        onSubmit={values => save(values)}
        onCancel={onClose}
      >
        <Conflict
          error={destination ? error : null}
          onReload={() => {
            update.reset();
            showLatest();
          }}
          onOverwrite={() => save(sent, { over: true })}
        />
        <TextField label="Name" name="name" isRequired autoFocus defaultValue={destination?.name ?? ''} />
        {!destination && (
          <SelectField
            label="Kind"
            options={TYPES}
            value={type}
            onChange={id => setType(id === 'MAIL' ? 'MAIL' : 'WEBHOOK')}
          />
        )}
        {type === 'WEBHOOK' && (
          <>
            <TextField
              label="Address"
              name="url"
              description="A public address that begins with https://."
              isRequired
              autoComplete="off"
              defaultValue={destination?.url ?? ''}
            />
            <TextField
              label="Secret"
              name="secret"
              description={
                destination
                  ? 'Leave empty to keep the current secret. It cannot be displayed again.'
                  : 'Signs the deliveries. Copy it to the receiver now: it cannot be displayed again.'
              }
              isRequired={!destination}
              autoComplete="off"
              defaultValue={destination ? '' : suggestion}
            />
          </>
        )}
        <SelectField
          label="Alarms"
          name="kinds"
          options={kindOptions}
          defaultValue={chosen === null ? ALL : chosen.length > 1 ? SOME : chosen[0]!}
        />
      </Form>
    </Dialog>
  );
}

function kindsOf(choice: string | undefined, before: readonly Kind[] | null): Kind[] | null {
  if (choice === SOME) return before && [...before];
  return KINDS.includes(choice as Kind) ? [choice as Kind] : null;
}

/** 32 random bytes, in hex. */
function randomSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
}
