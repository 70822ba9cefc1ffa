/**
 * Asks by Node's own clients: `node node-client.mjs http|undici`. A line of standard input is a question, `[number, method, URL, body]`; its
 * answer is a line with the number in front.
 */
import { request } from "node:http";
import { createInterface } from "node:readline";

const [, , client] = process.argv;

async function byUndici(method, url, headers, body) {
  const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
  return { status: response.status, fields: Object.fromEntries(response.headers), text: await response.text() };
}

function byHttp(method, url, headers, body) {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode, fields: response.headers, text }));
      response.on("error", reject);
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

for await (const line of createInterface({ input: process.stdin })) {
  const [number, method, url, body] = JSON.parse(line);
  const headers = body === undefined ? {} : { "content-type": "application/json" };
  const answer = await (client === "http" ? byHttp : byUndici)(method, url, headers, body);
  console.log(`${number} ${JSON.stringify(answer)}`);
}
