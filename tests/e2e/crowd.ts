import { origin } from "./origin.ts";
import { ask, type RunningProxy, startProxy } from "./proxy.ts";

/** A proxy before an origin that holds its answers to GET until the gate opens. */
export async function gated(
  stack: AsyncDisposableStack,
  answer: (request: Request, count: number) => Response | Promise<Response>,
  flags = "",
) {
  const gate = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  let count = 0;
  const stub = origin(stack, async (request) => {
    count++;
    const mine = count;
    asked.resolve();
    await gate.promise;
    return answer(request, mine);
  });
  const proxy = await startProxy(stack, stub.url, flags);
  return { proxy, stub, open: gate.resolve, asked: asked.promise };
}

/** Asks for the same so many times at once, once one of them has reached the origin. */
export async function crowd(
  { proxy, asked }: { readonly proxy: RunningProxy; readonly asked: Promise<void> },
  size: number,
  init: RequestInit = {},
): Promise<Promise<Response>[]> {
  const first = ask(proxy, "/x", init);
  await asked;
  const others = Array.from({ length: size - 1 }, () => ask(proxy, "/x", init));
  // A round trip of another request behind them: they have been taken in.
  await ask(proxy, "/health");
  return [first, ...others];
}
