import { expect, test } from "bun:test";
import { traceIdOf } from "../../src/http/trace-context.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = "00f067aa0ba902b7";

test.each([
  [`00-${TRACE}-${PARENT}-01`, TRACE],
  [`cc-${TRACE}-${PARENT}-00-what comes later`, TRACE],
  [`cc-${TRACE}-${PARENT}-00`, TRACE],
  [`00-${TRACE}-${PARENT}-01-more`, undefined],
  [`ff-${TRACE}-${PARENT}-01`, undefined],
  [`00-${"0".repeat(32)}-${PARENT}-01`, undefined],
  [`00-${TRACE}-${"0".repeat(16)}-01`, undefined],
  [`00-${TRACE.toUpperCase()}-${PARENT}-01`, undefined],
  [`00-${TRACE}-${PARENT}-01, 00-${TRACE}-${PARENT}-01`, undefined],
  [`cc-${TRACE}-${PARENT}-00x`, undefined],
  ["", undefined],
])("W3C Trace Context §3.2.2: %s", (traceparent, trace) => {
  expect(traceIdOf(traceparent)).toBe(trace);
});
