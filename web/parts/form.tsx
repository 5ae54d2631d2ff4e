import { type FormEvent, type ReactNode, useState } from 'react';
import { Form as AriaForm } from 'react-aria-components';
import { Button } from './button.tsx';
import { Notice } from './notice.tsx';

export interface FormProps {
  /** The label of the submit button. */
  submit: string;
  kind?: 'primary' | 'danger';
  isPending: boolean;
  /** The API's error. */
  error: Error | null;
  /** Messages by field name, shown at the fields. */
  fieldErrors: Record<string, string>;
  /** Called with the values by field name. */
  onSubmit(values: Record<string, string>): void;
  /** Shown next to the submit button. */
  onCancel?: () => void;
  children: ReactNode;
}

/**
 * A form whose fields have the names of the operation's arguments, so that each field shows its own
 * error.
 */
export function Form(props: FormProps) {
  const { submit, kind = 'primary', isPending, error, fieldErrors, onSubmit, onCancel, children } = props;
  const send = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const entries = [...new FormData(event.currentTarget)];
    onSubmit(Object.fromEntries(entries.map(([name, value]) => [name, String(value)])));
  };
  // An error disappears while its field is edited. If it disappeared when the field loses focus,
  // the button would move during the click.
  const [latest, setLatest] = useState(fieldErrors);
  const [marks, setMarks] = useState(fieldErrors);
  if (latest !== fieldErrors) {
    setLatest(fieldErrors);
    setMarks(fieldErrors);
  }
  const unmark = ({ target }: FormEvent): void => {
    const { name } = target as HTMLInputElement;
    if (Object.hasOwn(marks, name)) setMarks(({ [name]: _, ...others }) => others);
  };
  const marked = Object.keys(fieldErrors).length > 0;
  return (
    <AriaForm className="form" validationErrors={marks} onSubmit={send}>
      {error && <Notice kind="bad">{marked ? 'Correct the fields marked below.' : error.message}</Notice>}
      <div className="form" onInput={unmark}>
        {children}
      </div>
      <div className="form-end">
        {onCancel && <Button onPress={onCancel}>Cancel</Button>}
        <Button type="submit" kind={kind} isPending={isPending}>
          {submit}
        </Button>
      </div>
    </AriaForm>
  );
}
