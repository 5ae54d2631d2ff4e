import { useNavigate } from '@tanstack/react-router';
import { useAddress } from '../../address/search.ts';
import { useChange } from '../../data/use-change.ts';
import { Button } from '../../parts/button.tsx';
import { Form } from '../../parts/form.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Empty } from '../../parts/panel.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { REMOVE_VIEW, SAVE_VIEW } from './operations.ts';

/** The person's saved views, and a form that the command "Save this view" of the palette fills. */
export function SavedViews({ views }: { views: readonly { name: string; address: string }[] }) {
  const [{ view = '' }, setAddress] = useAddress();
  const navigate = useNavigate();
  const save = useChange(SAVE_VIEW, {
    done: () => ({ message: 'The view was saved: the palette (Ctrl-K) finds it by its name.' }),
    onDone: () => setAddress({ view: undefined }, { replace: true }),
  });
  const remove = useChange(REMOVE_VIEW, { done: () => ({ message: 'The saved view was removed.' }) });
  return (
    <div className="stack">
      {remove.error && <Notice kind="bad">{remove.error.message}</Notice>}
      {views.length === 0 ? (
        <Empty>None yet. Choose "Save this view" in the palette (Ctrl-K) on any page.</Empty>
      ) : (
        <ul className="name-list" aria-label="Saved views">
          {views.map(({ name, address }) => (
            <li key={name} className="saved-view">
              <Button kind="quiet" onPress={() => void navigate({ href: address })}>
                <bdi className="clip" title={name}>
                  {name}
                </bdi>
              </Button>
              <span className="muted clip" title={address}>
                {address}
              </span>
              <Button kind="quiet" aria-label={`Remove ${name}`} onPress={() => remove.run({ name })}>
                Remove
              </Button>
            </li>
          ))}
        </ul>
      )}
      <Form
        key={view}
        submit="Save the view"
        isPending={save.isPending}
        error={save.error}
        fieldErrors={save.fieldErrors}
        onSubmit={({ name = '', address = '' }) => save.run({ name, address })}
      >
        <TextField label="Name" name="name" isRequired />
        <TextField
          label="Address"
          name="address"
          description="From the first / on, as the browser shows it."
          isRequired
          defaultValue={view}
        />
      </Form>
    </div>
  );
}
