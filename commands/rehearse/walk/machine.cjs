// Runs a script as on a machine of an emulated network, in user, network, mount and UTS namespaces of its own: a name server
// that answers as the network's DNS does, an instance metadata service, and private endpoints at their own addresses. Every
// address is one of this namespace, so nothing leaves it: what reaches the emulated Azure is passed on by Unix sockets.
const { Buffer } = require("node:buffer");
const { execFileSync, spawn } = require("node:child_process");
const { createSocket } = require("node:dgram");
const { once } = require("node:events");
const { readFileSync, writeFileSync } = require("node:fs");
const { request } = require("node:http");
const { createServer, connect } = require("node:net");
const { join } = require("node:path");

/** @typedef {{ folder: string, name: string, address: string, nameServer: string, answers: Record<string, string[]>,
 *   registries: string, metadata: string, script: string[] }} Machine */

const METADATA = "169.254.169.254";

/** Gives the machine its name, its addresses and its files. */
function setUp({ folder, name, address, nameServer }) {
  const run = (command, ...args) => execFileSync(command, args, { stdio: ["ignore", "ignore", "inherit"] });
  run("hostname", name);
  run("ip", "link", "set", "lo", "up");
  // With no address but that of loopback, a resolver asks for none.
  run("ip", "address", "add", `${address}/32`, "dev", "lo");
  run("ip", "route", "add", "local", "0.0.0.0/0", "dev", "lo");
  const files = {
    "resolv.conf": `nameserver ${nameServer}\noptions timeout:2 attempts:1\n`,
    "nsswitch.conf": "hosts: files dns\n",
    hosts: "127.0.0.1 localhost\n",
  };
  for (const [file, content] of Object.entries(files)) {
    writeFileSync(join(folder, file), content);
    run("mount", "--bind", join(folder, file), join("/etc", file));
  }
}

/** Answers as a name server, with a response of RFC 1035. */
async function answerNames({ nameServer, answers }) {
  const socket = createSocket("udp4");
  socket.on("message", (query, { port, address }) => {
    const labels = [];
    let end = 12;
    for (; query[end] > 0; end += query[end] + 1) labels.push(query.toString("latin1", end + 1, end + 1 + query[end]));
    const type = query.readUInt16BE(end + 1);
    const found = answers[labels.join(".").toLowerCase()];
    const records = (type === 1 && found) || [];
    const head = Buffer.from(query.subarray(0, 12));
    // An answer, with recursion; NXDOMAIN where there is no such name.
    head.writeUInt16BE(found?.length ? 0x8180 : 0x8183, 2);
    [1, records.length, 0, 0].forEach((count, i) => head.writeUInt16BE(count, 4 + 2 * i));
    const written = records.map((one) =>
      Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 10, 0, 4, ...one.split(".").map(Number)]),
    );
    socket.send(Buffer.concat([head, query.subarray(12, end + 5), ...written]), port, address);
  });
  socket.bind(53, nameServer);
  await once(socket, "listening");
}

async function listen(port, host, serve) {
  const server = createServer((socket) => {
    // A side that is gone ends the other.
    socket.on("error", () => socket.destroy());
    serve(socket);
  });
  server.listen(port, host);
  await once(server, "listening");
}

function joined(one, other) {
  other.on("error", () => one.destroy());
  one.on("close", () => other.destroy());
  other.on("close", () => one.destroy());
  one.pipe(other).pipe(one);
}

/** @param {Machine} machine */
async function main(machine) {
  setUp(machine);
  await answerNames(machine);
  await listen(80, METADATA, (socket) => joined(socket, connect(machine.metadata)));
  await listen(443, "0.0.0.0", (socket) => {
    const asked = request({ socketPath: machine.registries, method: "CONNECT", path: `${socket.localAddress}:443` });
    // Where nothing answers, a client waits in vain, as for an address that its network does not reach.
    asked.on("connect", ({ statusCode }, azure) => {
      if (statusCode === 200) joined(socket, azure);
      else azure.destroy();
    });
    asked.on("error", () => socket.destroy());
    asked.end();
  });
  const script = spawn("/bin/sh", machine.script, { stdio: ["ignore", "inherit", "inherit"] });
  process.on("SIGTERM", () => script.kill());
  // The end of the rehearsal, however it ends.
  process.stdin.on("end", () => script.kill()).resume();
  const [code] = await once(script, "exit");
  process.exit(code ?? 143);
}

void main(JSON.parse(readFileSync(process.argv[2], "utf8")));
