import { type ChildProcess, spawn } from 'node:child_process';

/**
 * A shell that is told of every container and kills those that are left when its input ends, which
 * it does however this process ends. A container that never gives way, or that has a child of its
 * own, can't be relied on to notice by itself.
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
 * Has a process and its group killed when this process is gone, even if it is killed itself. The
 * process must lead a group of its own. On Windows nothing is needed: children end with their
 * parent there, as Node puts them into one job.
 */
export function killWithThisProcess(pid: number): void {
  if (process.platform === 'win32') return;
  kept.add(pid);
  if (keeper) tell(`+ ${pid}`);
  else startKeeper();
}

/** Forgets a process that has ended: its number may be another one's soon. */
export function forget(pid: number): void {
  if (kept.delete(pid)) tell(`- ${pid}`);
}

function tell(line: string): void {
  keeper?.stdin?.write(`${line}\n`);
}

function startKeeper(): void {
  // Out of this process's group: what ends that must leave the keeper to do its work.
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
