import { describe, expect, test } from "bun:test";
import { readArguments } from "../../src/commands/arguments.ts";

const words = (line: string) => (line === "" ? [] : line.split(" "));

describe("a command and its flags", () => {
  test.each([
    ["", "serve", ""],
    ["--port 3000 --origin http://h", "serve", "--port=3000 --origin=http://h"],
    ["--port=3000 --origin=http://h?a=b", "serve", "--port=3000 --origin=http://h?a=b"],
    ["-p 3000 -o http://h", "serve", "--port=3000 --origin=http://h"],
    ["-p3000 http://h", "serve", "--port=3000 --origin=http://h"],
    ["-p=3000 http://h", "serve", "--port=3000 --origin=http://h"],
    ["serve http://h", "serve", "--origin=http://h"],
    ["http://h --insecure", "serve", "--insecure --origin=http://h"],
    ["--insecure http://h", "serve", "--insecure --origin=http://h"],
    ["--insecure=false http://h", "serve", "--insecure=false --origin=http://h"],
    ["localhost:8080", "serve", "--origin=localhost:8080"],
    ["localhost", "serve", "--origin=localhost"],
    ["--ttl -5", "serve", "--ttl=-5"],
    ["clear --port 1", "clear", "--port=1"],
    ["--port 1 clear", "clear", "--port=1"],
    ["stats --json", "stats", "--json"],
    ["purge /a http://h/b --soft", "purge", "--soft --url=/a --url=http://h/b"],
    ["purge --tag a --tag b", "purge", "--tag=a --tag=b"],
    ["warm /x -c 4", "warm", "--concurrency=4 --source=/x"],
    ["warm -", "warm", "--source=-"],
    ["--ttl 5s -- bun test -t --help x", "serve", "--ttl=5s -- bun test -t --help x"],
    ["http://h -- clear", "serve", "--origin=http://h -- clear"],
    ["entries /a --sort hits", "entries", "--sort=hits --what=/a"],
    ["warm -H a:1 /x -Hb:2 --header=a:3", "warm", "--header=a:1 --header=b:2 --header=a:3 --source=/x"],
  ])("%s", (line, command, rawArgs) => {
    expect(readArguments(words(line))).toEqual({
      type: "run",
      command: expect.stringMatching(command),
      rawArgs: words(rawArgs),
    });
  });

  test("a value keeps its spaces and dashes", () => {
    expect(readArguments(["--admin-token=--no-way", "http://h"])).toMatchObject({
      rawArgs: ["--admin-token=--no-way", "--origin=http://h"],
    });
  });
});

describe("help and version", () => {
  test.each([
    ["--help", undefined],
    ["-h", undefined],
    ["help", undefined],
    ["clear --help", "clear"],
    ["--help stats", "stats"],
    ["help serve", "serve"],
    ["--nonsense -h", undefined],
  ] as const)("%s", (line, command) => {
    expect(readArguments(words(line))).toEqual({ type: "help", command });
  });

  test.each(["--version", "-v", "clear -v"])("%s", (line) => {
    expect(readArguments(words(line))).toEqual({ type: "version" });
  });
});

describe("what is refused", () => {
  test.each([
    ["--prot 3000", "there is no flag --prot; did you mean --port?"],
    ["--orign=http://h", "there is no flag --orign; did you mean --origin?"],
    ["--max 5", "there is no flag --max; did you mean --max-size?"],
    ["--no-insecure", "there is no flag --no-insecure; did you mean --insecure?"],
    ["--PORT 3", "there is no flag --PORT; did you mean --port?"],
    ["-port 3000", "there is no flag -port; did you mean --port?"],
    ["--p 3", "there is no flag --p; see caching-proxy --help"],
    ["-x", "there is no flag -x; see caching-proxy --help"],
    ["--qqqqqqq", "there is no flag --qqqqqqq; see caching-proxy --help"],
    ["--constructor", "there is no flag --constructor"],
    ["--__proto__=1", "there is no flag --__proto__"],
    ["clear --ttl 5s", "--ttl is a flag of serve, not of clear"],
    ["clear --jsn", "there is no flag --jsn; see caching-proxy clear --help"],
    ["--json", "--json is a flag of purge, not of serve"],
    ["http://h --", "the command behind -- is missing: write it as in -- bun test"],
    ["stats -- bun test", "what is behind -- is run while a proxy serves, and stats serves nothing"],
    ["help claer", 'there is no command "claer"; did you mean "clear"?'],
    ["claer", 'there is no command "claer"; did you mean "clear"?'],
    ["foo", "an origin is written as a URL: http://foo"],
    ["clear now", 'unexpected argument "now" after clear'],
    ["warm /a /b", 'unexpected argument "/b" after what to warm'],
    ["warm /a --concurrency 1 --concurrency 2", "--concurrency is given twice"],
    ["http://h clear", 'unexpected argument "clear" after the origin; the command clear would come first'],
    ["-o http://a http://b", "the origin is given twice"],
    ["--port 1 --port 1", "--port is given twice"],
    ["--port 1 -p 1", "--port is given twice"],
    ["--insecure --insecure", "--insecure is given twice"],
    ["--port", "--port needs a value, as in --port 3000"],
    ["--port=", "--port needs a value"],
    ["-o", "-o needs a value, as in -o URL"],
    ["--ttl --port 1", "--ttl needs a value, as in --ttl 120s"],
    ["--insecure=maybe", '--insecure is a switch: leave out "maybe"'],
  ])("%s", (line, message) => {
    const wish = readArguments(words(line));
    expect(wish.type === "refused" ? wish.message : wish.type).toContain(message);
  });
});
