import type { Token } from "./token.ts";

/** What one of the proxy's admin paths answered. */
export type Answer<T> =
  | { readonly type: "ok"; readonly value: T }
  /** The admin token is missing or wrong. */
  | { readonly type: "unauthorised" }
  /** `status` is absent where nobody answered. */
  | { readonly type: "failed"; readonly status?: number; readonly why: string };

/** Asks the admin paths, which lie beside the page whatever their prefix. */
export class AdminApi {
  readonly token: Token;
  readonly #base: string;

  /** @param base the page's own address */
  constructor(base: string, token: Token) {
    this.#base = base;
    this.token = token;
  }

  /** @param path below the prefix, with its query: `entries?limit=10` */
  get<T>(path: string, signal?: AbortSignal): Promise<Answer<T>> {
    return this.#ask<T>(path, signal === undefined ? {} : { signal });
  }

  /** @param content sent as JSON */
  post<T>(path: string, content: unknown): Promise<Answer<T>> {
    return this.#send<T>("POST", path, content);
  }

  /** @param content sent as JSON */
  put<T>(path: string, content: unknown): Promise<Answer<T>> {
    return this.#send<T>("PUT", path, content);
  }

  /**
   * Opens a path whose answer does not end.
   * @throws where nobody answers
   */
  open(path: string, signal: AbortSignal): Promise<Response> {
    return this.#fetch(path, { signal, headers: { accept: "text/event-stream" } });
  }

  #send<T>(method: "POST" | "PUT", path: string, content: unknown): Promise<Answer<T>> {
    return this.#ask<T>(path, {
      method,
      body: JSON.stringify(content),
      headers: { "content-type": "application/json" },
    });
  }

  async #ask<T>(path: string, init: RequestInit): Promise<Answer<T>> {
    try {
      const response = await this.#fetch(path, init);
      if (!response.ok) return await failureOf(response);
      const value: T = await response.json();
      return { type: "ok", value };
    } catch (error) {
      return { type: "failed", why: `The proxy did not answer (${reasonOf(error)}).` };
    }
  }

  #fetch(path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    const { value } = this.token;
    if (value !== undefined) headers.set("authorization", `Bearer ${value}`);
    return fetch(new URL(path, this.#base), { ...init, headers, cache: "no-store", redirect: "error" });
  }
}

/** What an answer that is no success says, in the words of its problem+json where it has some. */
export async function failureOf(response: Response): Promise<Answer<never>> {
  const { status } = response;
  if (status === 401) return { type: "unauthorised" };
  return {
    type: "failed",
    status,
    why: detailOf(await response.text()) ?? `The proxy answered with status ${status}.`,
  };
}

function detailOf(text: string): string | undefined {
  try {
    const problem: { readonly detail?: unknown } | null = JSON.parse(text);
    return typeof problem?.detail === "string" ? problem.detail : undefined;
  } catch {
    // Not one of ours; the status says what is known.
    return undefined;
  }
}

/** An error in the words of whoever threw it. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
