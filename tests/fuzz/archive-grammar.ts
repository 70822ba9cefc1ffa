import { drawObject } from "./json-grammar.ts";
import type { Random } from "./random.ts";

/** What an entry of an archive may say, rightly or nearly so. */
export const ENTRY = {
  request: [
    '{"method":"GET","url":"http://o.example/a","headers":[]}',
    '{"method":"G T","url":"http://o/"}',
    '{"method":"GET","url":"javascript:1"}',
    '{"method":"POST","url":"http://o/","headers":[{"name":"a","value":"b\\r\\nc"}],"postData":{"text":"x","mimeType":"text/plain"}}',
    '{"method":"GET","url":"http://u:p@o/","headers":[{"name":"","value":""}]}',
  ],
  response: [
    '{"status":200,"headers":[{"name":"Cache-Control","value":"max-age=60"}],"content":{"text":"x","mimeType":"text/plain","size":1}}',
    '{"status":200,"headers":[],"content":{"text":"!!","encoding":"base64"}}',
    '{"status":"200","content":{"_encoded":"AAAA","text":"x"},"headers":[{"name":"Content-Encoding","value":"gzip"}]}',
    '{"status":206,"headers":[{"name":"Content-Range","value":"bytes 0-0/9"}],"content":{"text":"x"}}',
    '{"status":1e9}',
    '{"status":304,"headers":[],"content":{}}',
  ],
  startedDateTime: ['"2026-01-01T00:00:00.000Z"', '"x"', '"+275760-09-13T00:00:00.001Z"', "0"],
  time: ["5", "-1", "1e308"],
  timings: ['{"receive":1}', "null"],
  _arrivals: ["[[0,1]]", "[[1,-1]]", "[[]]", "[null]"],
  _webSocketMessages: ["[{}]", "[]"],
  _publicOrigin: ['"http://p"', "1"],
  comment: ['"x"'],
};

/** An HTTP Archive with some entries. */
export function drawArchive(random: Random): string {
  const entries = random.list(3, () => drawObject(random, ENTRY)).join(",");
  return `{"log":{"version":"1.2","entries":[${entries}]}}`;
}
