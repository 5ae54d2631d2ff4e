import {
  createContext,
  lazy,
  type ReactNode,
  Suspense,
  use,
  useCallback,
  useEffect,
  useMemo,
  useState,
} from 'react';
import { currentPerson, endSession, type Person } from './session.ts';

const loadSignIn = () => import('./sign-in.tsx');

/** Who has a session sees their page without the code of the sign-in. */
const SignIn = lazy(async () => ({ default: (await loadSignIn()).SignIn }));

interface Session {
  person: Person;
  signOut(): void;
}

const SessionContext = createContext<Session | undefined>(undefined);

/** Who is signed in. Only below a SessionProvider. */
export function useSession(): Session {
  const session = use(SessionContext);
  if (!session) throw new Error('There is no SessionProvider above.');
  return session;
}

type State = { is: 'starting' } | { is: 'out' } | { is: 'in'; person: Person; expired: boolean };

export interface SessionProviderProps {
  children: ReactNode;
  /** Gets a function that says that the session is over. */
  onReady(expire: () => void): void;
  /** After a new sign-in; `samePerson` is false where what another one saw must be forgotten. */
  onSignedIn(samePerson: boolean): void;
}

/**
 * Shows the sign-in until there is a session. When one ends mid-way, the sign-in lies over the
 * page, which stays as it was: who signs in again is where they were.
 */
export function SessionProvider({ children, onReady, onSignedIn }: SessionProviderProps) {
  const [state, setState] = useState<State>({ is: 'starting' });

  useEffect(() => {
    onReady(() => setState(now => (now.is === 'in' ? { ...now, expired: true } : now)));
    void currentPerson().then(person =>
      setState(person ? { is: 'in', person, expired: false } : { is: 'out' }),
    );
  }, [onReady]);

  const begun = useCallback(async () => {
    const person = await currentPerson();
    if (!person) return setState({ is: 'out' });
    onSignedIn(state.is === 'in' && state.person.sub === person.sub);
    setState({ is: 'in', person, expired: false });
  }, [onSignedIn, state]);

  const signOut = useCallback(() => {
    void endSession().finally(() => setState({ is: 'out' }));
  }, []);

  const person = state.is === 'in' ? state.person : undefined;
  const session = useMemo(() => person && { person, signOut }, [person, signOut]);

  useEffect(() => {
    // It is there when a session ends, also where the connection or the release isn't the same any
    // more.
    if (person) void loadSignIn().catch(() => {});
  }, [person]);

  if (state.is === 'starting') return null;
  if (state.is === 'out') {
    return (
      <Suspense>
        <SignIn onSignedIn={begun} />
      </Suspense>
    );
  }
  return (
    <SessionContext value={session}>
      {children}
      <Suspense>{state.expired && <SignIn over={state.person.email} onSignedIn={begun} />}</Suspense>
    </SessionContext>
  );
}
