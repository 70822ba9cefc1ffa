// An origin that speaks HTTP/2 and nothing else, over Node's own library: node http2-origin.mjs FOLDER, with `cert` and `key` there. Prints its port.
import { readFileSync } from "node:fs";
import { createSecureServer } from "node:http2";

const [, , folder] = process.argv;
const server = createSecureServer({ cert: readFileSync(`${folder}/cert`), key: readFileSync(`${folder}/key`) });
server.on("stream", (stream, fields) => {
  stream.on("error", () => undefined);
  const fresh = { ":status": 200, "cache-control": "max-age=60" };
  switch (fields[":path"]) {
    case "/cut":
      stream.respond(fresh);
      stream.write("half");
      setTimeout(() => stream.session?.destroy(), 50);
      return;
    case "/short":
      stream.respond({ ...fresh, "content-length": "10" });
      stream.end("12345");
      return;
    case "/refused":
      stream.close(7);
      return;
    case "/echo":
      stream.respond({ ":status": 200 });
      stream.pipe(stream);
      return;
    default:
      stream.respond({ ...fresh, "set-cookie": ["a=1", "b=2"], "x-authority": fields[":authority"] });
      // Without a length, so that the end of the stream alone says that it is whole.
      stream.write("who");
      stream.end("le");
  }
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
