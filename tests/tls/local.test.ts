import { expect, test } from "bun:test";
import { X509Certificate } from "node:crypto";
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readCertificate } from "../../src/tls/certificate.ts";
import { makeLocal } from "../../src/tls/local.ts";
import { folderWith } from "./files.ts";

const DAY = 86_400_000;
const NOW = Date.UTC(2030, 0, 1);
const NAMES = ["localhost", "*.localhost", "127.0.0.1", "::1"];

function place(stack: AsyncDisposableStack) {
  const folder = join(folderWith(stack, {}), "new", "tls");
  const files = { server: join(folder, "server.pem"), authority: join(folder, "authority.pem") };
  const read = () => readFileSync(files.server, "utf8");
  const authority = () => readFileSync(files.authority, "utf8");
  return { folder, files, read, authority };
}

test("made once, for the user's eyes alone, and vouched for by an authority that vouches for no other", async () => {
  await using stack = new AsyncDisposableStack();
  const { folder, files, read, authority } = place(stack);
  await makeLocal(files, NAMES, NOW);
  const first = read();
  const { cert } = await readCertificate({ cert: files.server, key: files.server });
  const [server, root] = [new X509Certificate(cert), new X509Certificate(authority())];
  expect(server.verify(root.publicKey)).toBe(true);
  expect([server.ca, root.ca]).toEqual([false, true]);
  expect(server.checkHost("localhost")).toBeDefined();
  // As browsers and OpenSSL have it: behind a star there must be two labels.
  expect(server.checkHost("lane.localhost")).toBeUndefined();
  for (const name of ["127.0.0.1", "::1"]) expect(server.checkIP(name)).toBeDefined();
  expect(server.checkHost("example.com")).toBeUndefined();
  const modes = readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mode & 0o777]);
  expect(Object.fromEntries(modes)).toEqual({
    "authority-key.pem": 0o600,
    "authority.pem": 0o644,
    "server.pem": 0o600,
  });
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(authority()).not.toContain("PRIVATE");
  await makeLocal(files, NAMES, NOW + 59 * DAY);
  expect(read()).toBe(first);
});

test("renewed 30 days before it expires, by the same authority", async () => {
  await using stack = new AsyncDisposableStack();
  const { files, read, authority } = place(stack);
  await makeLocal(files, NAMES, NOW);
  const [first, root] = [read(), authority()];
  await makeLocal(files, NAMES, NOW + 61 * DAY);
  expect(read()).not.toBe(first);
  expect(authority()).toBe(root);
  expect(Date.parse(new X509Certificate(read()).validTo)).toBe(NOW + 151 * DAY);
});

test("an authority that would not outlive what it vouches for gives way to a new one", async () => {
  await using stack = new AsyncDisposableStack();
  const { files, read, authority } = place(stack);
  await makeLocal(files, NAMES, NOW);
  const root = authority();
  await makeLocal(files, NAMES, NOW + 3600 * DAY);
  expect(authority()).not.toBe(root);
  expect(new X509Certificate(read()).verify(new X509Certificate(authority()).publicKey)).toBe(true);
});

test("another name is added to those that it is for already", async () => {
  await using stack = new AsyncDisposableStack();
  const { files, read } = place(stack);
  await makeLocal(files, [...NAMES, "one.test"], NOW);
  await makeLocal(files, [...NAMES, "two.test", "10.0.0.1"], NOW);
  const server = new X509Certificate(read());
  expect(server.checkHost("one.test") && server.checkHost("two.test") && server.checkIP("10.0.0.1")).toBeDefined();
  const both = read();
  await makeLocal(files, [...NAMES, "one.test"], NOW);
  expect(read()).toBe(both);
});

test("of several that begin at once one authority counts for all", async () => {
  await using stack = new AsyncDisposableStack();
  const { folder, files, read, authority } = place(stack);
  await Promise.all(Array.from({ length: 5 }, () => makeLocal(files, NAMES, NOW)));
  expect(new X509Certificate(read()).verify(new X509Certificate(authority()).publicKey)).toBe(true);
  expect(readdirSync(folder)).toHaveLength(3);
});

test("a folder that cannot be used is named", async () => {
  await using stack = new AsyncDisposableStack();
  const folder = folderWith(stack, {});
  writeFileSync(join(folder, "tls"), "");
  chmodSync(folder, 0o500);
  const files = { server: join(folder, "tls", "server.pem"), authority: join(folder, "tls", "authority.pem") };
  await expect(makeLocal(files, NAMES, NOW)).rejects.toThrow(`--tls auto keeps its certificate in ${folder}/tls`);
});
