import { afterAll, setDefaultTimeout } from "bun:test";

/** How long a test may take that starts processes: on a busy machine one takes seconds to start, and who hangs is found out all the same. */
const PATIENCE_MS = 60_000;

/** Takes what a test file starts, and ends it after the file's last test, the last started first. */
export function cleanup(): AsyncDisposableStack {
  setDefaultTimeout(PATIENCE_MS);
  const stack = new AsyncDisposableStack();
  afterAll(() => stack.disposeAsync());
  return stack;
}
