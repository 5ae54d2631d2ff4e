import { ChevronDown } from 'lucide-react';
import {
  Button as AriaButton,
  FieldError,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Select,
  type SelectProps,
  SelectValue,
  Text,
} from 'react-aria-components';

export interface Option {
  id: string;
  text: string;
}

export interface SelectFieldProps extends Omit<SelectProps<Option>, 'className' | 'style' | 'children'> {
  label: string;
  options: readonly Option[];
  /** A hint below the field. */
  description?: string;
}

/** A field to choose one option of a list. */
export function SelectField({ label, options, description, ...props }: SelectFieldProps) {
  return (
    <Select {...props} className="field">
      <Label>{label}</Label>
      <AriaButton className="button select-button">
        <SelectValue className="clip" />
        <ChevronDown size={16} aria-hidden />
      </AriaButton>
      {description !== undefined && (
        <Text slot="description" className="muted">
          {description}
        </Text>
      )}
      <FieldError />
      <Popover className="popover">
        <ListBox className="menu" items={options}>
          {({ id, text }) => (
            <ListBoxItem id={id} textValue={text} className="menu-item">
              <bdi>{text}</bdi>
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </Select>
  );
}
