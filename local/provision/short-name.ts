/** What people call a resource: "ingest" for logical id Ingest4069586C, "api" for ApiFunctionCE271BD4. */
export function shortName(logicalId: string): string {
  return logicalId
    .replace(/[0-9A-F]{8}$/, '')
    .replace(/(?<=.)Function$/, '')
    .toLowerCase();
}
