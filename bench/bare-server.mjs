// What TLS and HTTP cost alone: Node's server, which answers every request with the bytes of a pod.
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import { join } from "node:path";

const [folder] = process.argv.slice(2);
const { certificate, key } = JSON.parse(readFileSync(join(folder, "identity.json"), "utf8"));
const text = readFileSync(join(folder, "pod.json"), "utf8");
const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
const server = createServer({ cert: certificate, key }, (request, response) => {
  request.resume().once("end", () => response.writeHead(201, headers).end(text));
});
server.listen(0, "127.0.0.1", () => {
  const url = `https://127.0.0.1:${server.address().port}`;
  const record = { pid: process.pid, url, token: "none", certificatePem: certificate };
  writeFileSync(join(folder, "server.json"), JSON.stringify(record));
});
