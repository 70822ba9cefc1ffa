/**
 * json-server, a mock API of others: `bun mock-api.mjs DB.json [as-told|as-it-comes]` says where it listens. As it comes it says `no-cache`
 * to everything; as told it says nothing of caches but an ETag.
 */
import jsonServer from "json-server";

const [, , database, manner] = process.argv;
const server = jsonServer.create();
let asked = 0;
server.use((_request, response, next) => {
  asked++;
  response.setHeader("X-Asked", String(asked));
  next();
});
if (manner === "as-it-comes") server.use(jsonServer.defaults({ logger: false }));
server.use(jsonServer.router(database));
const listening = server.listen(0, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${listening.address().port}`);
});
