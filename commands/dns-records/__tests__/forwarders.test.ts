import { type ChildProcess, spawn } from "node:child_process";
import { type Socket, createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Resolver } from "node:dns/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { which } from "../../../__tests__/support/needs.cjs";
import { runIn } from "../../../__tests__/support/programs";
import { parseSettings } from "../../../src/settings/load";
import { forwardersText } from "../forwarders";

const RESOLVER = "10.12.3.4";
const settingsOf = (more: object = {}) => ({
  hub: { resolver: true, endpoint: true },
  clients: [{ name: "office", connectedTo: "hub", ...more }],
});
const textFor = (server: Parameters<typeof forwardersText>[0], more?: object) =>
  forwardersText(server, parseSettings(settingsOf(more)));

test("a forwarder is for the registry's public zone, and leads to the hub's resolver", () => {
  expect(textFor("bind")).toBe(
    `# office: named.conf\nzone "azurecr.io" {\n    type forward;\n    forward only;\n    forwarders { ${RESOLVER}; };\n};`,
  );
  expect(textFor("windows")).toBe(
    `# office: PowerShell on the DNS server\nAdd-DnsServerConditionalForwarderZone -Name "azurecr.io" -MasterServers ${RESOLVER}`,
  );
  expect(textFor("dnsmasq")).toBe(
    `# office: dnsmasq.conf\nserver=/azurecr.io/${RESOLVER}\nrebind-domain-ok=/azurecr.io/`,
  );
});

test("each zone and each server of a client is in its forwarders", () => {
  const more = { dnsServers: ["10.0.0.1", "10.0.0.2"], forwards: ["azurecr.io", "corp.example"] };

  expect(textFor("bind", more).match(/zone "[\w.]+"|forwarders \{.*\}/g)).toEqual([
    'zone "azurecr.io"',
    "forwarders { 10.0.0.1; 10.0.0.2; }",
    'zone "corp.example"',
    "forwarders { 10.0.0.1; 10.0.0.2; }",
  ]);
  expect(textFor("windows", more)).toContain('-Name "corp.example" -MasterServers 10.0.0.1, 10.0.0.2');
  expect(
    textFor("dnsmasq", more)
      .split("\n")
      .filter((line) => line.startsWith("server=")),
  ).toHaveLength(4);
});

describe("npm run dns-records -- --forwarders", () => {
  const folder = mkdtempSync(join(tmpdir(), "forwarders-"));
  const run = (settings: object, ...args: string[]) => {
    const file = join(folder, "settings.json");
    writeFileSync(file, JSON.stringify(settings));
    return runIn(folder, "dns-records", ["--settings", file, "--forwarders", ...args]);
  };

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test("prints them for the clients in the settings", async () => {
    expect(await run(settingsOf(), "bind")).toMatchObject({ status: 0, stdout: `${textFor("bind")}\n` });
  });

  test("is refused without clients, and for a server that it does not know", async () => {
    expect(await run({}, "bind")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("found no clients in the settings") as string,
    });
    expect(await run(settingsOf(), "djbdns")).toMatchObject({ status: 2 });
  });
});

/** Answers each question for an address with one, as a resolver in Azure does. */
function answer(question: Buffer, address: string): Buffer {
  const header = Buffer.from(question.subarray(0, 12));
  // An answer, with recursion, of one question and one record.
  header.writeUInt16BE(0x8180, 2);
  for (const [count, at] of [
    [1, 4],
    [1, 6],
    [0, 8],
    [0, 10],
  ] as const)
    header.writeUInt16BE(count, at);
  // Four more bytes follow the zero at the end of the name.
  const asked = question.subarray(12, question.indexOf(0, 12) + 5);
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 10, 0, 4, ...address.split(".").map(Number)]);
  return Buffer.concat([header, asked, record]);
}

/** What a process says, until it says what is waited for, or has ended. */
async function saysUntil(process: ChildProcess, ready: RegExp): Promise<string> {
  let said = "";
  const isReady = new Promise<void>((resolve) => {
    process.stderr!.on("data", (part) => {
      said += String(part);
      if (ready.test(said)) resolve();
    });
  });
  await Promise.race([isReady, once(process, "exit")]);
  return said;
}

/** How a DNS server is started with a forwarder, and says that it answers. */
const STARTED = {
  dnsmasq: {
    text: (port: number) => textFor("dnsmasq").replace(RESOLVER, `127.0.0.1#${port}`),
    // It would take a private address for an attack, but for what the forwarder says.
    config: (forwarder: string, port: number) =>
      `${forwarder}\nport=${port}\nlisten-address=127.0.0.1\nbind-interfaces\nno-resolv\nno-hosts\nstop-dns-rebind\npid-file=\nuser=\n`,
    args: (file: string) => ["--no-daemon", `--conf-file=${file}`],
    ready: /started, version/,
  },
  named: {
    // Without the root zone, which is not asked here, no answer can be validated.
    text: (port: number) => textFor("bind").replace(RESOLVER, `127.0.0.1 port ${port}`),
    config: (forwarder: string, port: number, folder: string) =>
      `options { directory "${folder}"; listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; }; recursion yes; dnssec-validation no; pid-file none; session-keyfile none; };\ncontrols {};\n${forwarder}\n`,
    args: (file: string) => ["-g", "-c", file],
    ready: /\brunning$/m,
  },
} as const;

describe("a real DNS server with a forwarder", () => {
  const folder = mkdtempSync(join(tmpdir(), "dns-server-"));
  let inAzure: Socket;
  let server: ChildProcess | undefined;
  const asked: string[] = [];

  beforeEach(async () => {
    inAzure = createSocket("udp4", (question, { port, address }) => {
      asked.push(question.subarray(12, question.indexOf(0, 12)).toString("latin1"));
      inAzure.send(answer(question, "10.12.0.5"), port, address);
    });
    inAzure.bind(0, "127.0.0.1");
    await once(inAzure, "listening");
  });

  afterEach(async () => {
    inAzure.close();
    if (server?.exitCode === null) {
      server.kill();
      await once(server, "exit");
    }
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  for (const [program, { text, config, args, ready }] of Object.entries(STARTED)) {
    const found = which(program);
    const name = `${program} gives its clients the private address`;
    (found ? test : test.skip)(found ? name : `${name} (skipped: ${program} is not installed)`, async () => {
      const free = createSocket("udp4").bind(0, "127.0.0.1");
      await once(free, "listening");
      const { port } = free.address();
      free.close();
      const file = join(folder, `${program}.conf`);
      writeFileSync(file, config(text(inAzure.address().port), port, folder));
      server = spawn(found!, args(file), { stdio: ["ignore", "ignore", "pipe"] });
      const said = await saysUntil(server, ready);
      expect(said).toMatch(ready);
      const client = new Resolver({ timeout: 2000, tries: 3 });
      client.setServers([`127.0.0.1:${port}`]);

      expect(await client.resolve4("acmeacr.azurecr.io")).toEqual(["10.12.0.5"]);
      expect(asked.join()).toContain("acmeacr");
    });
  }
});
