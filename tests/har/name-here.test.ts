import { expect, test } from "bun:test";
import { nameHere } from "../../src/har/name-here.ts";

test.each([
  [undefined, "http://localhost:4000", "http://localhost:4000"],
  ["http://localhost:3000", "http://localhost:4000", "http://localhost:4000"],
  ["http://127.0.0.1:3000", "http://localhost:4000", "http://127.0.0.1:4000"],
  ["http://[::1]:3000", "http://localhost", "http://[::1]"],
  ["https://api.example.com", "http://localhost:4000", "https://api.example.com"],
  ["http://localhost:3000", "http://api.example.com", "http://localhost:3000"],
  ["http://rules-1@localhost:3000", "http://localhost:4000", "http://rules-1@localhost:4000"],
  ["https://rules-1@api.example.com", "http://localhost:4000", "https://rules-1@api.example.com"],
  ["http://a:b@localhost:3000", "http://localhost:4000", "http://localhost:4000"],
  ["nothing", "http://localhost:4000", "http://localhost:4000"],
  ["file:///etc", "http://localhost:4000", "http://localhost:4000"],
])("what was asked for by %p there is asked of %s by %s", (there, here, name) => {
  expect(nameHere(there, here)).toBe(name);
});
