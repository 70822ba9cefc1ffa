import type { Milliseconds } from "./date.ts";

/** Resolves after so long, or at once when the signal is aborted; then nothing of it is left. */
export function pause(length: Milliseconds, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, length);
    if (signal.aborted) end();
    else signal.addEventListener("abort", end);
  });
}
