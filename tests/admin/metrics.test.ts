import { expect, test } from "bun:test";
import { metricsOperation } from "../../src/admin/metrics.ts";
import { asking } from "./asking.ts";

const operation = metricsOperation(async (format) => ({ contentType: `text/x-${format}`, text: "é 1\n" }));

async function answer(method: string, accept?: string) {
  const outcome = await operation(
    asking("http://localhost/__admin/metrics", method, accept === undefined ? {} : { accept }),
  );
  if (outcome.type !== "response") throw new Error("No response.");
  return outcome.response;
}

test.each([
  [undefined, "prometheus"],
  ["*/*", "prometheus"],
  ["text/plain;version=0.0.4", "prometheus"],
  // As Prometheus 2 and 3 send it.
  [
    "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
    "openmetrics",
  ],
  [
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,*/*;q=0.2",
    "openmetrics",
  ],
  ["application/openmetrics-text", "openmetrics"],
  ["Application/OpenMetrics-Text; Version=1.0.0", "openmetrics"],
  ["application/openmetrics-text;version=0.0.1", "prometheus"],
  ["application/openmetrics-text;q=0", "prometheus"],
  ["application/openmetrics-text;q=0.3, text/plain;q=0.5", "prometheus"],
])("Accept: %s gets %s", async (accept, format) => {
  expect((await answer("GET", accept)).headers.get("content-type")).toBe(`text/x-${format}`);
});

test("GET has a content and HEAD its length, and nobody may store either", async () => {
  for (const [method, text] of [
    ["GET", "é 1\n"],
    ["HEAD", ""],
  ] as const) {
    const { status, headers, body } = await answer(method);
    expect([status, headers.get("content-length"), headers.get("cache-control")]).toEqual([200, "5", "no-store"]);
    expect(await new Response(body).text()).toBe(text);
  }
});
