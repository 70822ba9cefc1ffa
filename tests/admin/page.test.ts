import { describe, expect, test } from "bun:test";
import { pageOperation } from "../../src/admin/page.ts";
import type { ResponseParts } from "../../src/http/exchange.ts";
import { made } from "../http/made.ts";
import { asking } from "./asking.ts";

const PARTS = { script: 'const end = "</script><!-- x";', style: "body{content:'</style>'}" };

async function ask(path = "/__admin/", method = "GET", load = async () => PARTS): Promise<ResponseParts> {
  const outcome = await pageOperation(load)(asking(`http://localhost:3000${path}`, method));
  if (outcome.type !== "response") throw new Error(`the page is a ${outcome.type}`);
  return outcome.response;
}

/** The text of the one element of a name. */
function textOf(html: string, name: string): string {
  const parts = html.split(new RegExp(`<${name}[^>]*>|</${name}>`));
  expect(parts).toHaveLength(3);
  return parts[1] ?? "";
}

function hashOf(text: string): string {
  return `'sha256-${new Bun.CryptoHasher("sha256").update(text).digest("base64")}'`;
}

describe("the page", () => {
  test("lets nothing run or shape it but what it holds, whatever that says", async () => {
    const response = await ask();
    const html = await made(response).text();
    const policy = response.headers.get("content-security-policy")?.split("; ") ?? [];
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`script-src ${hashOf(textOf(html, "script"))}`);
    expect(policy).toContain(`style-src ${hashOf(textOf(html, "style"))}`);
    expect(policy).toContain("connect-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(html).not.toMatch(/(?:src|href)="(?!data:)/);
  });

  test("is kept by nobody and taken for nothing else", async () => {
    const { status, headers } = await ask();
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
  });

  test("HEAD says how long it is, and sends none of it", async () => {
    const response = await ask("/__admin/", "HEAD");
    const whole = await made(await ask()).bytes();
    expect(response.body).toBeNull();
    expect(response.headers.get("content-length")).toBe(String(whole.byteLength));
  });

  test("lies in a folder of its own, below which it asks", async () => {
    const { status, headers } = await ask("/__admin");
    expect([status, headers.get("location")]).toEqual([308, "/__admin/"]);
  });

  test("is made once, and again where it could not be", async () => {
    let asked = 0;
    const operation = pageOperation(async () => {
      if (++asked === 1) throw new Error("not yet");
      return PARTS;
    });
    const incoming = asking("http://localhost:3000/__admin/");
    await expect(operation(incoming)).rejects.toThrow("not yet");
    await operation(incoming);
    await operation(incoming);
    expect(asked).toBe(2);
  });
});
