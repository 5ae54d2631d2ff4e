import { Check } from 'lucide-react';
import { Checkbox, CheckboxGroup, type CheckboxGroupProps, FieldError, Label } from 'react-aria-components';
import type { Option } from './select-field.tsx';

export interface CheckGroupProps extends Omit<CheckboxGroupProps, 'className' | 'style' | 'children'> {
  label: string;
  options: readonly Option[];
}

/** A choice of any number of a few, each with its words beside its box. */
export function CheckGroup({ label, options, ...props }: CheckGroupProps) {
  return (
    <CheckboxGroup {...props} className="field">
      <Label>{label}</Label>
      {options.map(({ id, text }) => (
        <Checkbox key={id} value={id} className="check check-line">
          <span className="check-box">
            <Check size={12} aria-hidden />
          </span>
          {text}
        </Checkbox>
      ))}
      <FieldError />
    </CheckboxGroup>
  );
}
