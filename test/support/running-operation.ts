import { systemCaller } from '../../core/access/caller.ts';
import { OPERATION_KIND, type RunningOperation } from '../../core/inventory/model/running-operation.ts';

/** A running deletion of site "s". */
export const RUNNING_DELETION: RunningOperation = {
  operation_id: 'o',
  kind: OPERATION_KIND.deleteSite,
  site_id: 's',
  life: 1,
  state: 'RUNNING',
  audit_id: 'a',
  actor: systemCaller('cleanup'),
  started_ms: 0,
  touched_ms: 0,
  done_paths: 0,
  endpoints: 0,
  seq: 1,
  handed_over: false,
};
