import { afterAll } from "bun:test";

/** Takes what a test file starts, and ends it after the file's last test, the last started first. */
export function cleanup(): AsyncDisposableStack {
  const stack = new AsyncDisposableStack();
  afterAll(() => stack.disposeAsync());
  return stack;
}
