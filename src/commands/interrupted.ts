/** Works until that is done, or until Ctrl-C, which is how a command that goes on and on ends well. */
export async function untilInterrupted(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  await untilTold((signal, interrupted) => Promise.race([work(signal), interrupted]));
}

/** The same for work that has something to finish then: it is waited for. */
export async function finishing(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  await untilTold(work);
}

async function untilTold(work: (signal: AbortSignal, interrupted: Promise<void>) => Promise<void>): Promise<void> {
  const interrupt = new AbortController();
  const interrupted = Promise.withResolvers<void>();
  const stop = (): void => {
    interrupt.abort();
    interrupted.resolve();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, stop);
  await work(interrupt.signal, interrupted.promise);
}
