import type { ControlState, Entry } from './control-state.ts';

/** Shared by the commands: the expected state, and the changes that led to it. */
export class ControlModel {
  readonly state: ControlState;
  /** The entries of changes so far. */
  readonly entries: Entry[] = [];

  /** Ids of the entries that a follower of the log has received. */
  readonly followed: string[] = [];
  /** Reports so far. */
  reports = 1;

  constructor(state: ControlState) {
    this.state = state;
  }
}
