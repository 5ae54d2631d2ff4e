import { X } from 'lucide-react';
import {
  Text,
  UNSTABLE_Toast as Toast,
  UNSTABLE_ToastContent as ToastContent,
  UNSTABLE_ToastQueue as ToastQueue,
  UNSTABLE_ToastRegion as ToastRegion,
} from 'react-aria-components';
import { Button } from './button.tsx';
import { withLocalTimes } from './format.ts';

export interface ToastText {
  kind: 'good' | 'bad' | 'info';
  text: string;
  /** An action, such as "Undo". */
  action?: { label: string; run(): void };
}

/** Long enough to read the message and to undo a change. */
const SHOWN_MS = 12_000;

const queue = new ToastQueue<ToastText>({ maxVisibleToasts: 4 });

/** Shows a message at the edge of the screen; an error stays until it is closed. */
export function showToast(toast: ToastText): void {
  queue.add(toast, toast.kind === 'bad' ? {} : { timeout: SHOWN_MS });
}

export function Toasts() {
  return (
    <ToastRegion queue={queue} className="toasts" aria-label="Notifications">
      {({ toast }) => {
        const { kind, text, action } = toast.content;
        return (
          <Toast toast={toast} className={`toast toast-${kind}`}>
            <ToastContent className="toast-text">
              <Text slot="title">{withLocalTimes(text)}</Text>
            </ToastContent>
            {action && (
              <Button
                onPress={() => {
                  queue.close(toast.key);
                  action.run();
                }}
              >
                {action.label}
              </Button>
            )}
            <Button square kind="quiet" slot="close" aria-label="Close">
              <X size={16} aria-hidden />
            </Button>
          </Toast>
        );
      }}
    </ToastRegion>
  );
}
