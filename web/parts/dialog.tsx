import { X } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { Button } from './button.tsx';
import { Form } from './form.tsx';
import { TextField } from './text-field.tsx';

export interface DialogProps {
  title: ReactNode;
  /**
   * In the middle of the screen, in the middle and wide enough for two columns, or at the side with
   * full height for details.
   */
  place?: 'middle' | 'wide' | 'side';
  onClose(): void;
  children: ReactNode;
}

/** A dialog over the page; Escape and a click outside close it. */
export function Dialog({ title, place = 'middle', onClose, children }: DialogProps) {
  return (
    <ModalOverlay
      isOpen
      isDismissable
      onOpenChange={open => !open && onClose()}
      className={place === 'side' ? 'overlay overlay-side' : 'overlay'}
    >
      <Modal className={place === 'middle' ? 'dialog' : `dialog dialog-${place}`}>
        <AriaDialog className="dialog-content">
          <header className="dialog-head">
            <Heading slot="title" level={2}>
              {title}
            </Heading>
            <Button square kind="quiet" aria-label="Close" onPress={onClose}>
              <X size={16} aria-hidden />
            </Button>
          </header>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

export interface ConfirmDialogProps {
  title: string;
  /** A text that explains the effect and whether it can be undone. */
  children: ReactNode;
  /** The label of the button. */
  confirm: string;
  /** Text that the person must type first, such as a name; left out: a click is enough. */
  typed?: string;
  isPending: boolean;
  error: Error | null;
  onConfirm(): void;
  onClose(): void;
}

/** Asks for confirmation before something is removed. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, children, confirm, typed, isPending, error, onConfirm, onClose } = props;
  const [text, setText] = useState('');
  const [tried, setTried] = useState(false);
  const matches = typed === undefined || text === typed;
  return (
    <Dialog title={title} onClose={onClose}>
      <Form
        submit={confirm}
        kind="danger"
        isPending={isPending}
        error={error}
        fieldErrors={{}}
        onCancel={onClose}
        onSubmit={() => (matches ? onConfirm() : setTried(true))}
      >
        {children}
        {typed !== undefined && (
          <TextField
            label={`Type ${typed} to confirm`}
            autoComplete="off"
            autoFocus
            value={text}
            onChange={setText}
            error={tried && !matches ? `Type ${typed} exactly as it is written.` : undefined}
          />
        )}
      </Form>
    </Dialog>
  );
}
