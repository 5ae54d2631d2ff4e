import { readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { access, constants, rm, statfs } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

const LOCK_FILE = 'lock.sqlite';
const HOLDER_FILE = 'lock.json';
/** Lock files of releases whose locks were files with a process id. */
const FORMER_LOCK_FILE = 'lock';

/** The process that holds a folder, described by itself. */
export interface LockHolder {
  pid: number;
  host: string;
  /** The PID namespace on Linux: process ids of different containers may be equal. */
  pid_namespace: string | null;
}

/** A folder can't be locked. `cause` is SQLite's error, if there is one. */
export class FolderLockError extends Error {
  override readonly name: string = 'FolderLockError';
}

/** Another process, or this one, holds the folder already. */
export class FolderInUse extends FolderLockError {
  override readonly name = 'FolderInUse';
  /**
   * "process 12", "process 12 on 4be1c0de, in another container", or "another process" if it is not
   * known.
   */
  readonly heldBy: string;
  /** The holder's process id, if this process can end it by that id. */
  readonly pid: number | undefined;

  constructor(folder: string, holder: LockHolder | undefined) {
    const here = holder !== undefined && isHere(holder);
    const heldBy = describeHolder(holder, here);
    super(`The folder ${folder} is in use by ${heldBy}.`);
    this.heldBy = heldBy;
    this.pid = here ? holder.pid : undefined;
  }
}

/** Connections that hold a lock. A connection that is garbage-collected would release its lock. */
const held = new Set<object>();

/**
 * Locks an existing folder for this process until the returned function is called.
 *
 * The kernel holds the lock, a file lock of SQLite. So it also holds between containers that share
 * the folder, and is released when the process ends, also by `kill -9`. Files that are left over
 * lock nothing. This process must not open the lock file in another way: closing any handle of it
 * would release the lock.
 *
 * @throws FolderInUse when the folder is held already
 * @throws FolderLockError on a network file system, whose locks don't hold everywhere, or when
 * SQLite can't lock
 * @throws NodeJS.ErrnoException when the folder is missing or can't be written
 */
export async function lockFolder(folder: string): Promise<() => void> {
  await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  await refuseNetworkFileSystem(folder);
  const connection = begin(folder);
  const holderFile = join(folder, HOLDER_FILE);
  held.add(connection);
  const release = (): void => {
    if (!held.delete(connection)) return;
    rmSync(holderFile, { force: true });
    connection.close();
  };
  try {
    writeFileSync(holderFile, `${JSON.stringify(thisProcess())}\n`);
    await rm(join(folder, FORMER_LOCK_FILE), { force: true });
  } catch (cause) {
    release();
    throw cause;
  }
  return release;
}

const SQLITE_BUSY = 5;

/**
 * Opens the lock's database and begins a transaction that is not committed: nothing is written or
 * flushed, and no journal is left over. IMMEDIATE excludes other processes as EXCLUSIVE does, but
 * doesn't wait until their attempts have ended: of several concurrent attempts exactly one gets the
 * lock.
 */
function begin(folder: string) {
  const { DatabaseSync } = loadSqlite();
  const file = join(folder, LOCK_FILE);
  const fail = (cause: unknown): FolderLockError => {
    const { errcode = 0, message } = cause as Error & { errcode?: number };
    // The higher bits are details of the same failure.
    if ((errcode & 0xff) === SQLITE_BUSY) return new FolderInUse(folder, readHolder(folder));
    return new FolderLockError(
      `The folder ${folder} can't be locked with its file ${LOCK_FILE}: ${message}.`,
      {
        cause,
      },
    );
  };
  try {
    const connection = new DatabaseSync(file, { timeout: 0 });
    try {
      connection.exec('PRAGMA journal_mode = MEMORY; BEGIN IMMEDIATE');
    } catch (cause) {
      connection.close();
      throw cause;
    }
    return connection;
  } catch (cause) {
    throw fail(cause);
  }
}

/** Loads SQLite without the warning that earlier versions of Node 24 print. */
function loadSqlite() {
  const { emitWarning } = process;
  process.emitWarning = (...args: unknown[]) => {
    if (!String(args[0]).startsWith('SQLite is an experimental feature')) {
      Reflect.apply(emitWarning, process, args);
    }
  };
  try {
    return process.getBuiltinModule('node:sqlite');
  } finally {
    process.emitWarning = emitWarning;
  }
}

function thisProcess(): LockHolder {
  return { pid: process.pid, host: hostname(), pid_namespace: pidNamespace() };
}

function pidNamespace(): string | null {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return null;
  }
}

/**
 * The holder of a folder; undefined if it is not known, such as while it starts or ends.
 */
function readHolder(folder: string): LockHolder | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, HOLDER_FILE), 'utf8')) as LockHolder;
  } catch {
    return undefined;
  }
}

function isHere({ host, pid_namespace }: LockHolder): boolean {
  const mine = thisProcess();
  return host === mine.host && pid_namespace === mine.pid_namespace;
}

function describeHolder(holder: LockHolder | undefined, here: boolean): string {
  if (!holder) return 'another process';
  return here ? `process ${holder.pid}` : `process ${holder.pid} on ${holder.host}, in another container`;
}

/** `f_type` of statfs on Linux for file systems that several machines may mount. */
const NETWORK_FILE_SYSTEMS = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x5346414f, 'AFS'],
  [0x73757245, 'Coda'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
]);

/** Checks on Linux. Other systems have other numbers for their file systems. */
async function refuseNetworkFileSystem(folder: string): Promise<void> {
  if (process.platform !== 'linux') return;
  const { type } = await statfs(folder);
  const name = NETWORK_FILE_SYSTEMS.get(type >>> 0);
  if (name === undefined) return;
  throw new FolderLockError(
    `The folder ${folder} is on a network file system (${name}), whose locks don't hold between machines: choose one on a local disk.`,
  );
}
