import type { ReactNode } from 'react';
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components';

export interface ButtonProps extends Omit<AriaButtonProps, 'className' | 'children' | 'style'> {
  /**
   * `primary` for the main action of a view, `danger` for an action that removes something, `quiet`
   * without a border, `link` for a name that opens something.
   */
  kind?: 'primary' | 'danger' | 'quiet' | 'link' | 'plain';
  /** Draws an icon without a word; `aria-label` must name the button. */
  square?: boolean;
  children: ReactNode;
}

export function Button({ kind = 'plain', square = false, children, ...props }: ButtonProps) {
  return (
    <AriaButton {...props} className={`button button-${kind}${square ? ' button-square' : ''}`}>
      {children}
    </AriaButton>
  );
}
