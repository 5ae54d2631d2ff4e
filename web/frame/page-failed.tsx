import type { ErrorComponentProps } from '@tanstack/react-router';
import { Button } from '../parts/button.tsx';
import { Notice } from '../parts/notice.tsx';

/** Shown instead of a page whose code failed or could not be loaded; the frame stays. */
export function PageFailed({ error, reset }: ErrorComponentProps) {
  return (
    <div className="page">
      <h1>This page failed</h1>
      <Notice kind="bad" action={<Button onPress={reset}>Try again</Button>}>
        {error instanceof Error ? error.message : String(error)}
      </Notice>
    </div>
  );
}
