import { useId } from 'react';
import {
  TextField as AriaTextField,
  type TextFieldProps as AriaTextFieldProps,
  FieldError,
  Input,
  Label,
  Text,
  TextArea,
} from 'react-aria-components';

export interface TextFieldProps extends Omit<AriaTextFieldProps, 'className' | 'style' | 'children'> {
  label: string;
  /** The allowed values or the purpose. */
  description?: string;
  /** The API's error for this field. */
  error?: string | undefined;
  placeholder?: string;
  /** The number of lines; left out: one. */
  rows?: number;
  /** Values to suggest while the person types, with their names. */
  suggestions?: readonly Suggestion[];
}

export interface Suggestion {
  value: string;
  name: string;
}

/** A text field with label, description and error. */
export function TextField(given: TextFieldProps) {
  const { label, description, error, placeholder, rows, suggestions, ...props } = given;
  const list = useId();
  const hint = {
    ...(placeholder !== undefined && { placeholder }),
    ...(suggestions && { list }),
  };
  return (
    <AriaTextField {...props} className="field" {...(error !== undefined && { isInvalid: true })}>
      <Label>{label}</Label>
      {rows === undefined ? <Input {...hint} /> : <TextArea rows={rows} {...hint} />}
      {suggestions && (
        <datalist id={list}>
          {suggestions.map(({ value, name }) => (
            <option key={value} value={value} label={name} />
          ))}
        </datalist>
      )}
      {description !== undefined && (
        <Text slot="description" className="muted">
          {description}
        </Text>
      )}
      <FieldError>{error ?? (({ validationErrors }) => validationErrors.join(' '))}</FieldError>
    </AriaTextField>
  );
}
