import { graphql, type ResultOf } from '../../data/graphql.ts';

export const EXPORTS = graphql(`
  query Exports($everybody: Boolean, $next_token: String) {
    exports(everybody: $everybody, limit: 100, next_token: $next_token) {
      items {
        id kind format from to status progress rows bytes file_name started_at finished_at expires_at error
        owner { email username sub }
      }
      next_token
    }
  }
`);

export type ExportRow = ResultOf<typeof EXPORTS>['exports']['items'][number];

export const START_EXPORT = graphql(`
  mutation StartExport($input: ExportInput!, $client_token: String) {
    startExport(input: $input, client_token: $client_token) { id file_name }
  }
`);

export const EXPORT_LINK = graphql(`
  mutation ExportLink($id: ID!) {
    exportLink(id: $id) { url file_name }
  }
`);

export const CANCEL_EXPORT = graphql(`
  mutation CancelExport($id: ID!) {
    cancelExport(id: $id) { id file_name }
  }
`);
