import { expect, test } from "bun:test";
import { createPrivateKey } from "node:crypto";
import { join } from "node:path";
import { complaintOf, readCertificate, readLeaf } from "../../src/tls/certificate.ts";
import { issue } from "../../src/tls/issue.ts";
import { aroundNow, authority, certificateFor, folderWith } from "./files.ts";

const one = await certificateFor("one.test");
const other = await certificateFor("other.test");
const locked = createPrivateKey(one.key).export({
  type: "pkcs8",
  format: "pem",
  cipher: "aes-256-cbc",
  passphrase: "x",
});
const turned = `${authority.cert}${one.cert}`;

test("a certificate with its chain and its key is read as it is", async () => {
  await using stack = new AsyncDisposableStack();
  const folder = folderWith(stack, { cert: one.cert, key: one.key });
  expect(await readCertificate({ cert: join(folder, "cert"), key: join(folder, "key") })).toEqual(one);
  expect(one.cert).toContain(await readLeaf(join(folder, "cert")));
  expect(await readLeaf(join(folder, "cert"))).not.toContain(authority.cert.trim());
});

test.each<[string, string, string, string]>([
  ["a key of another one", one.cert, other.key, "--tls-key KEY is not the key of the certificate in --tls-cert CERT"],
  [
    "a chain the wrong way round",
    turned,
    one.key,
    "is the key of certificate 2 in --tls-cert CERT: write that one first",
  ],
  ["a key under a password", one.cert, String(locked), "--tls-key KEY is under a password: write it without one"],
  ["no key", one.cert, "x", "--tls-key KEY holds no key as PEM"],
  ["no certificate", "x", one.key, "--tls-cert CERT holds no certificate: PEM has a line -----BEGIN CERTIFICATE-----"],
  ["half a certificate", one.cert.replace(/\n.+\n/, "\n"), one.key, "--tls-cert CERT holds a certificate that cannot"],
])("%s is refused", async (_, cert, key, message) => {
  await using stack = new AsyncDisposableStack();
  const folder = folderWith(stack, { cert, key });
  const files = { cert: join(folder, "cert"), key: join(folder, "key") };
  await expect(readCertificate(files)).rejects.toThrow(message.replace("CERT", files.cert).replace("KEY", files.key));
});

test("a file that is missing is named", async () => {
  await expect(readCertificate({ cert: "/nowhere/cert", key: "/nowhere/key" })).rejects.toThrow(
    "--tls-cert /nowhere/cert cannot be read (ENOENT",
  );
});

test("a time in which it does not count is complained of", async () => {
  const day = Date.UTC(2030, 0, 1);
  const certificate = await issue(authority, ["a"], { from: day, until: day + 1000 });
  expect(complaintOf(certificate, day)).toBeUndefined();
  expect(complaintOf(certificate, day - 1000)).toBe(
    "the certificate counts from Tue, 01 Jan 2030 00:00:00 GMT on: clients will refuse it",
  );
  expect(complaintOf(certificate, day + 2000)).toBe(
    "the certificate has expired (Tue, 01 Jan 2030 00:00:01 GMT): clients will refuse it",
  );
  expect(complaintOf(one, aroundNow.from)).toBeUndefined();
});
