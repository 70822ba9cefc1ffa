import { describe, expect, test } from "bun:test";
import { isPersonal } from "../../src/caching/personal.ts";

describe("isPersonal", () => {
  test.each([
    ...["authorization", "cookie", "x-api-key", "apikey", "api-key", "x-auth-token", "private-token", "x-access-token"],
    ...["x-csrf-token", "x-amz-security-token", "x-session-id", "x-auth-user", "x-client-secret", "x-signature"],
    ...["ocp-apim-subscription-key", "x-remote-user", "x-session", "session-id", "x-goog-authorization"],
    ...[
      "x-rapidapi-key",
      "x-functions-key",
      "x-access-key",
      "x-user-id",
      "cf-access-jwt-assertion",
      "x-forwarded-email",
    ],
    ...["api_key", "x_auth_token", "access_token", "dpop", "x-username", "x-ms-client-principal-name", "x-tenant-id"],
  ])("RFC 9111 §3.5 and beyond: a request with %s says who sends it", (name) => {
    expect(isPersonal(new Headers({ accept: "*/*", [name]: "x" }))).toBe(true);
  });

  test.each([
    "accept",
    "user-agent",
    "x-request-id",
    "x-author",
    "x-tokenizer",
    "keyboard",
    "sec-fetch-site",
    "origin",
    "npm-session",
    "x-account-type",
    "x-login-hint",
    "x_tokens",
    "npm-auth-type",
    "x-session-start",
  ])("one with %s does not", (name) => {
    expect(isPersonal(new Headers({ [name]: "x" }))).toBe(false);
  });
});
