import { Button } from '../parts/button.tsx';
import { Empty } from '../parts/panel.tsx';
import { useSession } from '../session/session-provider.tsx';

/** Shown instead of every page if the account may see none. */
export function NoGroup() {
  const { signOut } = useSession();
  return (
    <div className="page">
      <h1>No access yet</h1>
      <Empty>
        Your account is in no group that may use the console. Ask an administrator to add it to one, then sign
        in again. <Button onPress={signOut}>Sign out</Button>
      </Empty>
    </div>
  );
}
