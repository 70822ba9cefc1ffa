/** Works until that is done, or until Ctrl-C, which is how a command that goes on and on ends well. */
export async function untilInterrupted(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const interrupt = new AbortController();
  const interrupted = Promise.withResolvers<void>();
  const stop = (): void => {
    interrupt.abort();
    interrupted.resolve();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, stop);
  await Promise.race([work(interrupt.signal), interrupted.promise]);
}
