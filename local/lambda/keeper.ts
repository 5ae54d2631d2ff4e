import { type ChildProcess, spawn } from 'node:child_process';

/**
 * A shell that knows every container, and kills the remaining ones when its input ends, which
 * happens however this process ends. A container that blocks its event loop, or that has child
 * processes, may not notice this end itself.
 */
const SCRIPT = `
while read -r change pid; do
  rest=
  for known in $all; do [ "$known" = "$pid" ] || rest="$rest $known"; done
  all=$rest
  [ "$change" = + ] && all="$all $pid"
done
for pid in $all; do kill -9 "-$pid"; done
`;

const kept = new Set<number>();
let keeper: ChildProcess | undefined;

/**
 * Ensures that a process and its group are killed when this process ends, even if this process is
 * killed. The process must lead its own group. On Windows nothing is needed, because Node puts
 * children into a job that ends with the parent.
 */
export function killWithThisProcess(pid: number): void {
  if (process.platform === 'win32') return;
  kept.add(pid);
  if (keeper) tell(`+ ${pid}`);
  else startKeeper();
}

/** Forgets a process that has ended, because its number may be reused. */
export function forget(pid: number): void {
  if (kept.delete(pid)) tell(`- ${pid}`);
}

function tell(line: string): void {
  keeper?.stdin?.write(`${line}\n`);
}

function startKeeper(): void {
  // In another process group, so that the end of this group does not end the keeper.
  const child = spawn('/bin/sh', ['-c', SCRIPT], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    env: {},
  });
  keeper = child;
  const onGone = (): void => {
    if (keeper !== child) return;
    keeper = undefined;
  };
  child.once('error', onGone);
  child.once('exit', onGone);
  child.stdin.on('error', onGone);
  child.unref();
  (child.stdin as typeof child.stdin & { unref(): void }).unref();
  for (const pid of kept) tell(`+ ${pid}`);
}
