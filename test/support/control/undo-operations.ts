import { type ControlState, type Entry, siteOf } from './control-state.ts';

/** What undoes a change: the request, and what its own entry is about. */
export interface Undoing {
  operation: string;
  args: object;
  target: string;
  /** What stays different from before the change. */
  leaves?(state: ControlState): void;
}

/** By the operation of a change's entry. */
export const UNDO: Record<string, (entry: Entry) => Undoing> = {
  deleteSite({ target }) {
    const site_id = target!.slice('site:'.length);
    return {
      operation: 'restoreSite',
      args: { site_id },
      target: target!,
      leaves(state) {
        siteOf(state, site_id).restored = true;
      },
    };
  },
};
