import { Check } from 'lucide-react';
import { useId } from 'react';
import { Checkbox } from 'react-aria-components';
import type { Option } from './select-field.tsx';

export interface CheckGroupProps<Id extends string> {
  label: string;
  options: readonly (Option & { id: Id })[];
  chosen: readonly Id[];
  /** Called with the chosen ids, in the order of the options. */
  onChange(chosen: Id[]): void;
  /** The API's error for this field. */
  error?: string | undefined;
}

/** A group of check boxes with labels. */
export function CheckGroup<Id extends string>(props: CheckGroupProps<Id>) {
  const { label, options, chosen, onChange, error } = props;
  const errorId = useId();
  const choose = (id: Id, on: boolean): void => {
    const ids = options.map(option => option.id);
    onChange(ids.filter(each => (each === id ? on : chosen.includes(each))));
  };
  return (
    <fieldset className="field" {...(error !== undefined && { 'aria-describedby': errorId })}>
      <legend>{label}</legend>
      {options.map(({ id, text }) => (
        <Checkbox
          key={id}
          className="check check-line"
          isSelected={chosen.includes(id)}
          onChange={on => choose(id, on)}
        >
          <span className="check-box">
            <Check size={12} aria-hidden />
          </span>
          {text}
        </Checkbox>
      ))}
      {error !== undefined && (
        <span id={errorId} className="react-aria-FieldError">
          {error}
        </span>
      )}
    </fieldset>
  );
}
