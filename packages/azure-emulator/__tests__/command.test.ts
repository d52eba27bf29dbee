import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:https";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "../lib/command";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "azure-emulator-test-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** What the command has printed, and the way to end it. */
interface Running {
  readonly status: Promise<number>;
  readonly out: string[];
  readonly errors: string[];
  readonly environment: () => Record<string, string>;
  readonly end: () => void;
}

/** Runs the command in this process. */
function run(...args: string[]): Running {
  const [out, errors]: [string[], string[]] = [[], []];
  const spies = [
    jest.spyOn(console, "log").mockImplementation((line: string) => void out.push(line)),
    jest.spyOn(console, "error").mockImplementation((line: string) => void errors.push(line)),
    jest.spyOn(process.stdout, "write").mockImplementation((text) => out.push(String(text).trimEnd()) > 0),
    jest.spyOn(process.stderr, "write").mockImplementation((text) => errors.push(String(text).trimEnd()) > 0),
  ];
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const status = main(args, ended).finally(() => {
    for (const spy of spies) spy.mockRestore();
  });
  return { status, out, errors, environment: () => environmentOf(out.join("\n")), end };
}

/** The variables that a shell would have after reading these lines. */
function environmentOf(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split("\n").map((line) => {
      const [, name = "", quoted, plain] = /^export (\w+)=(?:'(.*)'|(\S*))$/.exec(line)!;
      return [name, quoted ?? plain!];
    }),
  );
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Status of a GET, or of a PUT where there is a body, and the milliseconds that it took. */
async function send(
  url: string,
  certificate: string,
  body?: object,
): Promise<{ status: number | undefined; took: number }> {
  const start = performance.now();
  const options = { method: body ? "PUT" : "GET", ca: readFileSync(certificate), agent: false } as const;
  const outgoing = request(url, options).end(body && JSON.stringify(body));
  const [response] = (await once(outgoing, "response")) as [{ statusCode?: number; resume(): void }];
  response.resume();
  return { status: response.statusCode, took: performance.now() - start };
}

test("prints the variables for the providers, and runs until it is told to end", async () => {
  const file = join(folder, "it's a certificate.pem");
  const emulator = run("--certificate", file);
  await until(() => emulator.out.length > 0);
  const { SSL_CERT_FILE, ARM_RESOURCE_MANAGER_ENDPOINT: endpoint, ARM_METADATA_HOSTNAME } = emulator.environment();
  expect(SSL_CERT_FILE).toBe(file.replace("'", String.raw`'\''`));
  expect(endpoint).toBe(`https://${ARM_METADATA_HOSTNAME!}/`);
  expect(emulator.errors.join("\n")).toContain(`The emulated Azure runs at https://${ARM_METADATA_HOSTNAME!}`);
  const metadata = `${endpoint!}metadata/endpoints`;
  expect(await send(metadata, file)).toMatchObject({ status: 200 });
  emulator.end();
  expect(await emulator.status).toBe(0);
  await expect(send(metadata, file)).rejects.toThrow("ECONNREFUSED");
  expect(existsSync(file)).toBe(true);
});

test("deletes the certificate that it was not asked for", async () => {
  const emulator = run();
  await until(() => emulator.out.length > 0);
  const { SSL_CERT_FILE } = emulator.environment();
  expect(existsSync(SSL_CERT_FILE!)).toBe(true);
  emulator.end();
  await emulator.status;
  expect(existsSync(SSL_CERT_FILE!)).toBe(false);
});

test("--slow holds requests whose path matches, and no others", async () => {
  const emulator = run("--slow", "subscriptions/(slow|none)=0.3", "--slow", "SLOWER=0.6");
  await until(() => emulator.out.length > 0);
  const { SSL_CERT_FILE, ARM_RESOURCE_MANAGER_ENDPOINT } = emulator.environment();
  const took = async (subscription: string) =>
    (await send(`${ARM_RESOURCE_MANAGER_ENDPOINT!}subscriptions/${subscription}`, SSL_CERT_FILE!)).took;
  expect(await took("slow")).toBeGreaterThanOrEqual(295);
  expect(await took("is-slower")).toBeGreaterThanOrEqual(595);
  expect(await took("fast")).toBeLessThan(295);
  emulator.end();
  await emulator.status;
});

test("does not wait for requests that are held when it ends", async () => {
  const emulator = run("--slow", "subscriptions=1000");
  await until(() => emulator.out.length > 0);
  const { SSL_CERT_FILE, ARM_RESOURCE_MANAGER_ENDPOINT } = emulator.environment();
  const held = send(`${ARM_RESOURCE_MANAGER_ENDPOINT!}subscriptions/a`, SSL_CERT_FILE!);
  const cut = expect(held).rejects.toThrow("socket hang up");
  await send(`${ARM_RESOURCE_MANAGER_ENDPOINT!}metadata/endpoints`, SSL_CERT_FILE!);
  emulator.end();
  expect(await emulator.status).toBe(0);
  await cut;
});

test("--throttle answers every n-th request with 429", async () => {
  const emulator = run("--throttle", "2");
  await until(() => emulator.out.length > 0);
  const { SSL_CERT_FILE, ARM_RESOURCE_MANAGER_ENDPOINT } = emulator.environment();
  const statuses = [];
  for (const path of ["a", "b", "c"])
    statuses.push((await send(`${ARM_RESOURCE_MANAGER_ENDPOINT!}subscriptions/${path}`, SSL_CERT_FILE!)).status);
  expect(statuses).toEqual([200, 429, 200]);
  emulator.end();
  await emulator.status;
});

test("--fail refuses the first write of an id that matches", async () => {
  const emulator = run("--fail", "ONE$");
  await until(() => emulator.out.length > 0);
  const { SSL_CERT_FILE, ARM_RESOURCE_MANAGER_ENDPOINT } = emulator.environment();
  const statuses = [];
  for (const name of ["one", "two", "one"]) {
    const group = `${ARM_RESOURCE_MANAGER_ENDPOINT!}subscriptions/s/resourceGroups/${name}`;
    statuses.push((await send(group, SSL_CERT_FILE!, { location: "swedencentral" })).status);
  }
  expect(statuses).toEqual([400, 201, 201]);
  emulator.end();
  await emulator.status;
});

test("--zone-groups attaches a zone group to each private endpoint", async () => {
  const group = "subscriptions/s/resourceGroups/rg";
  const [location, zone] = ["swedencentral", `/${group}/providers/Microsoft.Network/privateDnsZones/a.b`];
  const emulator = run("--zone-groups", zone);
  await until(() => emulator.out.length > 0);
  const { SSL_CERT_FILE, ARM_RESOURCE_MANAGER_ENDPOINT: endpoint } = emulator.environment();
  const resources: [path: string, body: object][] = [
    ["Microsoft.Network/privateDnsZones/a.b", {}],
    ["Microsoft.Network/virtualNetworks/v", { properties: { addressSpace: { addressPrefixes: ["10.0.0.0/24"] } } }],
    ["Microsoft.Network/virtualNetworks/v/subnets/s", { properties: { addressPrefix: "10.0.0.0/24" } }],
    ["Microsoft.ContainerRegistry/registries/hello", { sku: { name: "Premium" } }],
  ];
  const connection = {
    name: "c",
    properties: {
      privateLinkServiceId: `/${group}/providers/Microsoft.ContainerRegistry/registries/hello`,
      groupIds: ["registry"],
    },
  };
  const subnet = { id: `/${group}/providers/Microsoft.Network/virtualNetworks/v/subnets/s` };
  const privateEndpoint = "Microsoft.Network/privateEndpoints/e";
  resources.push([privateEndpoint, { properties: { subnet, privateLinkServiceConnections: [connection] } }]);
  await send(`${endpoint!}${group}`, SSL_CERT_FILE!, { location });
  for (const [path, body] of resources)
    await send(`${endpoint!}${group}/providers/${path}`, SSL_CERT_FILE!, { location, ...body });
  const zoneGroup = `${endpoint!}${group}/providers/${privateEndpoint}/privateDnsZoneGroups/deployedByPolicy`;
  expect(await send(zoneGroup, SSL_CERT_FILE!)).toMatchObject({ status: 200 });
  emulator.end();
  await emulator.status;
});

test.each([
  ["--nonsense", /^error: unknown option '--nonsense'$/],
  ["--prot", /^error: unknown option '--prot' \(Did you mean --port\?\)$/],
  ["nonsense", /^error: too many arguments/],
  ["--port=x", /'--port <n>' argument 'x' is invalid\. Allowed: a whole number from 0 to 65535\.$/],
  ["--port=65536", /Allowed: a whole number from 0 to 65535\.$/],
  ["--slow=a", /Allowed: PATTERN=SECONDS, such as privateEndpoints=60\.$/],
  ["--slow=(=1", /Invalid regular expression: .*\.$/],
  ["--fail=(", /Invalid regular expression: .*\.$/],
  ["--throttle=1", /Allowed: a whole number of at least 2\.$/],
  ["--zone-groups=zone", /Allowed: the id of a private DNS zone\.$/],
  ["--certificate", /^error: option '--certificate <file>' argument missing$/],
])("%s is refused in one line", async (option, message) => {
  const { status, out, errors } = run(option);
  expect(await status).toBe(2);
  expect(out).toEqual([]);
  expect(errors).toEqual([expect.stringMatching(message)]);
  expect(errors[0]).not.toContain("\n");
});

test("a port that is in use is named in one line", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  const { status, out, errors } = run("--port", String(port));
  expect(await status).toBe(3);
  other.close();
  expect(out).toEqual([]);
  expect(errors).toEqual([`error: can't listen on port ${port}: another program uses it; choose another port`]);
});

test("a certificate that can't be written is named in one line", async () => {
  const file = join(folder, "none", "azure.pem");
  const { status, out, errors } = run("--certificate", file);
  expect(await status).toBe(3);
  expect(out).toEqual([]);
  expect(errors).toEqual([`error: can't write the certificate to ${file}: there is no such folder`]);
});

test("--help and --version end it", async () => {
  const help = run("--help");
  expect(await help.status).toBe(0);
  expect(help.out.join("\n")).toMatch(/^Usage: azure-emulator \[options\]\n/);
  const version = run("--version");
  expect(await version.status).toBe(0);
  const { version: expected } = JSON.parse(readFileSync(join(__dirname, "..", "package.json"), "utf8")) as {
    version: string;
  };
  expect(version.out).toEqual([expected]);
});

test("as a program it ends by a signal, with status 0", async () => {
  const child = spawn(process.execPath, [join(__dirname, "..", "bin.js")], { cwd: folder });
  const [printed] = (await once(child.stdout, "data")) as [Buffer];
  expect(printed.toString()).toMatch(/^export SSL_CERT_FILE=/);
  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([0, null]);
});
