/**
 * Dispatches an export to the export function. A repeated dispatch has no effect; a lost one is
 * retried by the clean-up.
 */
export interface ExportDispatcher {
  dispatch(export_id: string): Promise<void>;
}
