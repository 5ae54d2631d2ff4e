import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { shortName } from '../../../local/resources/physical-name.ts';

/** A process of this machine. */
export interface MachineProcess {
  pid: number;
  parent: number;
  rss_kb: number;
  command: string;
}

/** All processes of this machine. */
export async function listProcesses(): Promise<MachineProcess[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-ww', '-o', 'pid=,ppid=,rss=,args='], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout.split('\n').flatMap(line => {
    const [, pid, parent, rss, command] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    if (pid === undefined) return [];
    return [{ pid: Number(pid), parent: Number(parent), rss_kb: Number(rss), command: command! }];
  });
}

/** The parts of a running system that can be killed, by name. */
export interface SystemParts {
  system: MachineProcess | undefined;
  /** Containers, by the short name of their function, such as ingest. */
  functions: Map<string, MachineProcess[]>;
  engines: Map<string, MachineProcess>;
}

const ENGINES: [string, RegExp][] = [
  ['dynamodb', /DynamoDBLocal\.jar/],
  ['kinesis', /kinesis-local/],
  ['cognito', /cognito-local/],
];

const CONTAINER = /--input-type=module - (\S+)$/;

/** The processes that the process with this id has started, and itself. */
export async function partsOf(pid: number): Promise<SystemParts> {
  const all = await listProcesses();
  const parts: SystemParts = {
    system: all.find(each => each.pid === pid),
    functions: new Map(),
    engines: new Map(),
  };
  for (const each of all.filter(({ parent }) => parent === pid)) {
    const name = functionOf(each.command);
    const engine = ENGINES.find(([, command]) => command.test(each.command))?.[0];
    if (name !== undefined) parts.functions.set(name, [...(parts.functions.get(name) ?? []), each]);
    else if (engine !== undefined) parts.engines.set(engine, each);
  }
  return parts;
}

/**
 * Of a container, whose last argument is the physical name of its function: its stack, a hyphen and
 * its logical id.
 */
function functionOf(command: string): string | undefined {
  const physical = CONTAINER.exec(command)?.[1];
  return physical && shortName(physical.slice(physical.indexOf('-') + 1));
}
