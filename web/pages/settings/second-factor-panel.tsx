import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '../../parts/button.tsx';
import { Form } from '../../parts/form.tsx';
import { Loaded, Panel } from '../../parts/panel.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { showToast } from '../../parts/toasts.tsx';
import {
  beginSecondFactor,
  confirmSecondFactor,
  hasSecondFactor,
  type PendingFactor,
  removeSecondFactor,
  secondFactors,
} from '../../session/second-factor.ts';
import { useSession } from '../../session/session-provider.tsx';
import { signInProblem } from '../../session/sign-in-problem.ts';
import { TotpSecret } from '../../session/totp-secret.tsx';

/**
 * The second factor of the sign-in: people without one can set it up; it cannot be removed if the
 * system requires it.
 */
export function SecondFactorPanel() {
  const { data, error, refetch } = useQuery({ queryKey: ['second-factor'], queryFn: hasSecondFactor });
  return (
    <Panel title="Second factor">
      <Loaded data={data} error={error} onRetry={() => void refetch()}>
        {isOn => (isOn ? <On onChanged={() => void refetch()} /> : <Off onChanged={() => void refetch()} />)}
      </Loaded>
    </Panel>
  );
}

const NO_MARKS = {};

interface ChangedProps {
  onChanged(): void;
}

function On({ onChanged }: ChangedProps) {
  const removal = useMutation({
    mutationFn: removeSecondFactor,
    onSuccess() {
      showToast({ kind: 'good', text: 'Your sign-in now asks only for your password.' });
      onChanged();
    },
    onError: cause => showToast({ kind: 'bad', text: cause.message }),
  });
  return (
    <>
      <p>Your sign-in asks for a code from your authenticator app.</p>
      {secondFactors() === 'OPTIONAL' && (
        <Button kind="danger" isPending={removal.isPending} onPress={() => removal.mutate()}>
          Turn off the second factor
        </Button>
      )}
    </>
  );
}

function Off({ onChanged }: ChangedProps) {
  const { person } = useSession();
  const [pending, setPending] = useState<PendingFactor>();
  const begin = useMutation({
    mutationFn: () => beginSecondFactor(person.email),
    onSuccess: setPending,
    onError: cause => showToast({ kind: 'bad', text: cause.message }),
  });
  const confirm = useMutation({
    mutationFn: confirmSecondFactor,
    onSuccess() {
      showToast({ kind: 'good', text: 'Your sign-in now asks for a code.' });
      onChanged();
    },
  });
  if (!pending) {
    return (
      <>
        <p>With a second factor, your sign-in asks for your password and a code from an authenticator app.</p>
        <Button isPending={begin.isPending} onPress={() => begin.mutate()}>
          Set up a second factor
        </Button>
      </>
    );
  }
  return (
    <Form
      submit="Turn it on"
      isPending={confirm.isPending}
      error={confirm.error && new Error(signInProblem(confirm.error, { is: 'TOTP_CODE' }))}
      fieldErrors={NO_MARKS}
      onSubmit={({ code = '' }) => confirm.mutate(code)}
    >
      <TotpSecret {...pending} />
      <TextField
        name="code"
        label="Code from the app"
        inputMode="numeric"
        autoComplete="one-time-code"
        isRequired
      />
    </Form>
  );
}
