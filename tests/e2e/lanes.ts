import { ask, type RunningProxy, xCache } from "./proxy.ts";

/** Asks for a path in a lane and reads it to its end: X-Cache and the body. */
export async function inLane(
  proxy: RunningProxy,
  lane: string,
  path: string,
  init: Omit<RequestInit, "headers"> & { readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<[string, string]> {
  const headers = { ...init.headers, ...(lane === "" ? {} : { "x-lane": lane }) };
  const response = await ask(proxy, path, { ...init, headers });
  return [xCache(response), await response.text()];
}

/** Asks an admin path for its JSON, with a body where there is one to put. */
export async function admin(
  proxy: RunningProxy,
  path: string,
  body?: object,
  method = body === undefined ? "GET" : "PUT",
) {
  const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
  const response = await ask(proxy, `/__admin/${path}`, init);
  return { status: response.status, value: JSON.parse(await response.text()) };
}

/** Switches the scenario of a lane. */
export const switchTo = (proxy: RunningProxy, lane: string, scenario: string | null) =>
  admin(proxy, "scenario", { scenario, lane });
