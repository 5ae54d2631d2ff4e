import type { ControlState, Entry } from './control-state.ts';

/** What the commands share: the state that should be, and what led to it. */
export class ControlModel {
  readonly state: ControlState;
  /** The entries so far, in the order of the log. */
  readonly entries: Entry[] = [];

  constructor(state: ControlState) {
    this.state = state;
  }
}
