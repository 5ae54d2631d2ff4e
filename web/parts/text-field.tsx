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
  /** What is allowed, or what it is for. */
  description?: string;
  /** What the API found wrong with it. */
  error?: string | undefined;
  placeholder?: string;
  /** Several lines. */
  rows?: number;
  /** Values that are offered while one types, with what each is called. */
  suggestions?: readonly Suggestion[];
}

export interface Suggestion {
  value: string;
  name: string;
}

/** A field with its label, its description and what is wrong with it. */
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
