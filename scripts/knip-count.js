/**
 * A reporter for knip that prints the number of files that it read, so that a run without files can
 * fail.
 */
export default function report({ counters }) {
  console.log(`knip read ${counters.processed} files`);
}
