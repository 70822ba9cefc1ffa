import { writeSync } from "node:fs";

type Watched = { shared: SharedArrayBuffer; name: string; seed: number; pid: number; after: number };

declare const self: Worker;

const LOOK_MS = 250;

self.onmessage = ({ data }: MessageEvent<Watched>) => {
  const shared = new Int32Array(data.shared);
  let [turn, since] = [-1, performance.now()];
  setInterval(() => {
    const now = Atomics.load(shared, 1);
    if (now !== turn) {
      [turn, since] = [now, performance.now()];
    } else if (turn > 0 && performance.now() - since > data.after) {
      writeSync(2, `FINDING ${data.name}: hangs. SEED=${data.seed} CASE=${Atomics.load(shared, 0)}\n`);
      process.kill(data.pid, "SIGKILL");
    }
  }, LOOK_MS);
};
