import { EdgeError } from '../edge-error.ts';

/** An encoded report that waits to be sent. Every attempt sends the same bytes. */
export interface SpoolEntry {
  /** Its system: a report is never sent to another one. */
  destination: string;
  edge_id: string;
  boot_id: string;
  seq: number;
  /** Records of its parts. */
  records: Uint8Array[];
}

/**
 * Keeps reports until the stream has accepted them. Slots are numbered in the order of sending. A
 * slot is replaced as a whole or not at all.
 */
export interface Spool {
  /** All entries, in the order of the slots. */
  list(): Promise<Map<number, SpoolEntry>>;
  /** Returns when the entry would survive a power failure. @throws SpoolError */
  write(slot: number, entry: SpoolEntry): Promise<void>;
  /** Removing an empty slot does nothing. @throws SpoolError */
  remove(slot: number): Promise<void>;
  /** Releases the spool for other processes; entries are kept. */
  close(): Promise<void>;
}

/** The spool can't be used; the message says what to do. */
export class SpoolError extends EdgeError {}
