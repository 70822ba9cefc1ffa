/** What an origin was asked, in its order. */
export type Seen = { readonly method: string; readonly path: string; readonly headers: Headers };

export type StubOrigin = { readonly url: string; readonly port: number; readonly seen: Seen[] };

type Answer = (request: Request, count: number) => Response | Promise<Response>;

/** An origin that answers each path as told; a path's answer is given how often it was asked for, this time included. */
export function origin(stack: AsyncDisposableStack, answers: Readonly<Record<string, Answer>> | Answer): StubOrigin {
  const seen: Seen[] = [];
  const counts = new Map<string, number>();
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    fetch(request) {
      const { pathname, search } = new URL(request.url);
      seen.push({ method: request.method, path: pathname + search, headers: request.headers });
      const count = (counts.get(pathname) ?? 0) + 1;
      counts.set(pathname, count);
      const answer = typeof answers === "function" ? answers : answers[pathname];
      return answer?.(request, count) ?? new Response("no such path", { status: 404 });
    },
  });
  stack.defer(() => server.stop(true));
  return { url: `http://127.0.0.1:${server.port}`, port: server.port ?? 0, seen };
}

/** An answer that says how often it was asked for, with these fields. */
export function counted(headers: Readonly<Record<string, string>>): Answer {
  return (_, count) => new Response(String(count), { headers });
}
