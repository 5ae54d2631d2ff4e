import { EdgeError } from '../edge-error.ts';

/**
 * A report that waits to be sent, encoded: it is sent byte for byte the same however often that
 * takes.
 */
export interface SpoolEntry {
  /** Which system it is for: a report is never sent to another one. */
  destination: string;
  edge_id: string;
  boot_id: string;
  seq: number;
  /** Records of its parts. */
  records: Uint8Array[];
}

/**
 * Where reports are kept until the stream has them. Slots are numbered in the order in which they
 * must be sent; what stands in a slot is replaced as a whole or not at all.
 */
export interface Spool {
  /** What is kept, in the order of the slots. */
  list(): Promise<Map<number, SpoolEntry>>;
  /** Returns when it would survive a power cut. @throws SpoolError */
  write(slot: number, entry: SpoolEntry): Promise<void>;
  /** Removing an empty slot does nothing. @throws SpoolError */
  remove(slot: number): Promise<void>;
  /** Lets another process have it; what is kept stays. */
  close(): Promise<void>;
}

/** The spool can't be used; the message says what to do. */
export class SpoolError extends EdgeError {}
