/**
 * Has the export function work on an export. A second dispatch does no harm; a lost one is retried
 * by the clean-up.
 */
export interface ExportDispatcher {
  dispatch(export_id: string): Promise<void>;
}
