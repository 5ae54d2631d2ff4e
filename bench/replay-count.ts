// Child process of the replay's benchmark: counts a capture as the edge does and prints
// milliseconds and frames.
import { Recorder } from '../core/recorder/recorder.ts';
import { CaptureCounter } from '../edge/capture/capture-counter.ts';
import { fileChunks } from '../edge/capture/capture-files.ts';

const begun = performance.now();
const recorder = new Recorder();
const counter = new CaptureCounter({ recorder, interval_ms: 60_000 });
let flows = 0;
for await (const chunk of fileChunks(process.argv[2]!)) {
  for (const { interval_end_ms } of counter.feed(chunk)) {
    recorder.cleanupStaleFlows(300_000, interval_end_ms);
    flows += recorder.takeInterval().flows.length;
  }
}
counter.end();
flows += recorder.takeInterval().flows.length;
if (flows === 0) {
  throw new Error('The capture has no flow.');
}
console.log(JSON.stringify({ ms: performance.now() - begun, frames: counter.packets + counter.skipped }));
