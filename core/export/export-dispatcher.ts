/** Has the export function take an export up. Being told of one twice does no harm, and never is mended by the clean-up. */
export interface ExportDispatcher {
  dispatch(export_id: string): Promise<void>;
}
