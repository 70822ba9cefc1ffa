import { normalMediaType } from "../http/media-type.ts";

/**
 * What tells one QUERY of a URL from another (RFC 10008 §2.7): its content, byte by byte, and the fields that say what it means.
 * @returns a SHA-256 digest, base64url: nobody can make two that are alike
 */
export function queryDigest(content: Uint8Array<ArrayBuffer>, request: Headers): string {
  return digestOf(metadataOf(request), content);
}

/**
 * The same where it does not count how the content was written.
 * @param form what the text is the form of: contents of one form are told apart by it alone
 */
export function formDigest(form: string, text: string, request: Headers): string {
  return digestOf([form, ...metadataOf(request)], text);
}

function digestOf(metadata: readonly (string | null)[], content: Uint8Array<ArrayBuffer> | string): string {
  // JSON has no line break of its own, so that the content begins where it seems to.
  const hasher = new Bun.CryptoHasher("sha256").update(`${JSON.stringify(metadata)}\n`);
  return hasher.update(content).digest("base64url");
}

function metadataOf(request: Headers): readonly (string | null)[] {
  return METADATA.map((name) => normalised(name, request.get(name)));
}

/** The fields of a request that describe its content (RFC 9110 §8, §14.4). */
const METADATA = ["content-type", "content-encoding", "content-language", "content-location", "content-range"] as const;

function normalised(name: (typeof METADATA)[number], value: string | null): string | null {
  if (value === null) return null;
  switch (name) {
    case "content-type":
      return normalMediaType(value);
    case "content-encoding":
    case "content-language":
      // Codings and language tags know no case (RFC 9110 §8.4.1, §8.5.1).
      return value.replaceAll(/[ \t]*,[ \t]*/g, ",").toLowerCase();
    case "content-location":
    case "content-range":
      return value;
  }
}
