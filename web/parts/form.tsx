import { type FormEvent, type ReactNode, useState } from 'react';
import { Form as AriaForm } from 'react-aria-components';
import { Button } from './button.tsx';
import { Notice } from './notice.tsx';

export interface FormProps {
  /** Word on the button that sends it. */
  submit: string;
  kind?: 'primary' | 'danger';
  isPending: boolean;
  /** What the API refused. */
  error: Error | null;
  /** The same by the names of fields: shown at each of them. */
  fieldErrors: Record<string, string>;
  /** Gets the fields by their names. */
  onSubmit(values: Record<string, string>): void;
  /** Shown beside the button that sends it. */
  onCancel?: () => void;
  children: ReactNode;
}

/**
 * A form whose fields are named as the arguments of its operation, so that each shows what was
 * wrong with it.
 */
export function Form(props: FormProps) {
  const { submit, kind = 'primary', isPending, error, fieldErrors, onSubmit, onCancel, children } = props;
  const send = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const entries = [...new FormData(event.currentTarget)];
    onSubmit(Object.fromEntries(entries.map(([name, value]) => [name, String(value)])));
  };
  // A mark goes while its field is corrected: where it went with the focus, the button would move
  // away under the click.
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
      {error && <Notice kind="bad">{marked ? 'Correct what is marked below.' : error.message}</Notice>}
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
