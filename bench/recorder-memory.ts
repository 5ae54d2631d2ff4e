// Child process of the recorder's benchmark: prints the process memory with this many live flows,
// in bytes.
import { metaV4, metaV6 } from '../core/policy/flow-key.ts';
import { Recorder } from '../core/recorder/recorder.ts';

const flows = Number(process.argv[2]);
const recorder = new Recorder();
const key = new Int32Array(10);
recorder.time_ms[0] = Date.now();
for (let n = 0; n < flows; n++) {
  if (n % 4 === 0) {
    key.set([0x20010db8, 0x20010db8, (n << 16) | 443, metaV6(6, 0), n, 0, 0, 0, 0, 1]);
    recorder.recordV6(key, 1500);
  } else {
    recorder.recordV4(0x0a000000 + n, 0x0a100000, (n << 16) | 443, metaV4(6, 0), 1500);
  }
}
if (recorder.activeFlowCount() !== flows) {
  throw new Error(`${recorder.activeFlowCount()} flows are live, ${flows} were expected.`);
}
console.log(process.memoryUsage.rss());
