/** W3C Trace Context §3.2.2; later versions may have more behind a dash. */
const TRACEPARENT = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-[\da-f]{2}(-.*)?$/;
const ZEROS = /^0+$/;

/** The trace that a request belongs to, where its `traceparent` is valid. */
export function traceIdOf(traceparent: string): string | undefined {
  const [, version, trace = "", parent = "", more] = TRACEPARENT.exec(traceparent) ?? [];
  if (version === undefined || version === "ff" || (version === "00" && more !== undefined)) return undefined;
  return ZEROS.test(trace) || ZEROS.test(parent) ? undefined : trace;
}
