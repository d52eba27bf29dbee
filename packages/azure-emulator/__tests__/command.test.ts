import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "../lib/command";
import { AzureEmulator } from "../lib/emulator";
import { Azure, deferred, id } from "./azure";

const folder = mkdtempSync(join(tmpdir(), "azure-emulator-test-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Runs the command in this process until it is told to end. */
function run(...args: string[]) {
  const [out, errors]: [string[], string[]] = [[], []];
  const [printed, ended] = [deferred(), deferred()];
  const into = (lines: string[]) => (text: unknown) => {
    lines.push(String(text).trimEnd());
    // All lines are printed at once.
    setImmediate(printed.resolve);
    return true;
  };
  const spies = [
    jest.spyOn(process.stdout, "write").mockImplementation(into(out)),
    jest.spyOn(process.stderr, "write").mockImplementation(into(errors)),
  ];
  const status = main(args, ended.promise).finally(() => {
    for (const spy of spies) spy.mockRestore();
  });
  const end = () => {
    ended.resolve();
    return status;
  };
  return { status, out, errors, printed: printed.promise, end };
}

/** The variables that a shell would have after reading these lines. */
function environmentOf(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lines.map((line) => {
      const [, name = "", quoted, plain] = /^export (\w+)=(?:'(.*)'|(\S*))$/.exec(line)!;
      return [name, quoted ?? plain!];
    }),
  );
}

/** Status of a request. */
async function statusOf(url: string, certificate: string, method = "GET", body?: object): Promise<number> {
  const outgoing = request(url, { method, ca: readFileSync(certificate), agent: false });
  outgoing.end(body && JSON.stringify(body));
  const [response] = (await once(outgoing, "response")) as [{ statusCode: number; resume(): void }];
  response.resume();
  return response.statusCode;
}

test("prints the variables for the providers, and runs until it is told to end", async () => {
  const file = join(folder, "it's a certificate.pem");
  const emulator = run("--certificate", file);
  await emulator.printed;
  const { SSL_CERT_FILE, ARM_RESOURCE_MANAGER_ENDPOINT, ARM_METADATA_HOSTNAME } = environmentOf(emulator.out);
  expect(SSL_CERT_FILE).toBe(file.replace("'", String.raw`'\''`));
  expect(ARM_RESOURCE_MANAGER_ENDPOINT).toBe(`https://${ARM_METADATA_HOSTNAME!}/`);
  expect(emulator.errors.join("\n")).toContain(`The emulated Azure runs at https://${ARM_METADATA_HOSTNAME!}`);
  const metadata = `${ARM_RESOURCE_MANAGER_ENDPOINT!}metadata/endpoints`;
  expect(await statusOf(metadata, file)).toBe(200);
  expect(await emulator.end()).toBe(0);
  await expect(statusOf(metadata, file)).rejects.toThrow("ECONNREFUSED");
  expect(existsSync(file)).toBe(true);
});

test("does not wait for requests that are held when it ends, and deletes the certificate that it was not asked for", async () => {
  const emulator = run("--hold", "subscriptions=1000");
  await emulator.printed;
  const { SSL_CERT_FILE, ARM_RESOURCE_MANAGER_ENDPOINT } = environmentOf(emulator.out);
  const held = statusOf(`${ARM_RESOURCE_MANAGER_ENDPOINT!}subscriptions/a`, SSL_CERT_FILE!);
  const cut = expect(held).rejects.toThrow("socket hang up");
  // A request that is not held is answered meanwhile.
  expect(await statusOf(`${ARM_RESOURCE_MANAGER_ENDPOINT!}metadata/endpoints`, SSL_CERT_FILE!)).toBe(200);
  expect(await emulator.end()).toBe(0);
  await cut;
  expect(existsSync(SSL_CERT_FILE!)).toBe(false);
});

test("its options say how the emulator behaves", async () => {
  const start = jest.spyOn(AzureEmulator, "start");
  const zone = id("Microsoft.Network/privateDnsZones/a.b");
  const times = ["--slow", "private(Endpoints|Zones)=0.3", "--slow", "SLOWER=60", "--hold", "locations=2"];
  const others = `--throttle 2 --fail ONE$ --zone-groups ${zone} --any-type --port 0 --proxy-port 0 --listen 0.0.0.0 --replicate-late 9`;
  const emulator = run(...times, ...others.split(" "));
  await emulator.printed;
  const { SSL_CERT_FILE, ARM_RESOURCE_MANAGER_ENDPOINT } = environmentOf(emulator.out);
  expect(await statusOf(`${ARM_RESOURCE_MANAGER_ENDPOINT!}_health`, SSL_CERT_FILE!)).toBe(200);
  await emulator.end();
  const [{ policies, ...options } = {}] = start.mock.calls[0]!;
  const slow = [
    { pattern: /private(Endpoints|Zones)/i, seconds: 0.3 },
    { pattern: /SLOWER/i, seconds: 60 },
  ];
  const hold = [{ pattern: /locations/i, seconds: 2 }];
  const faults = { slow, hold, failOnce: /ONE$/i, throttleEvery: 2, replicateLate: 9 };
  expect(options).toMatchObject({ port: 0, proxyPort: 0, listen: "0.0.0.0", anyType: true, faults });
  const endpoint = { id: id("Microsoft.Network/privateEndpoints/e"), type: "Microsoft.Network/privateEndpoints" };
  const deployed = policies![0]!({ ...endpoint, name: "e", etag: "", properties: {} }, new Azure().manager.store);
  expect(JSON.stringify(deployed)).toContain(`"privateDnsZoneId":"${zone}"`);
  start.mockRestore();
});

test("continues from a state, and saves it at the end; says what it lacks when it is asked for it, and at the end", async () => {
  const file = join(folder, "state.json");
  const certificate = join(folder, "state.pem");
  const options = ["--state", file, "--certificate", certificate];
  const urlOf = (lines: readonly string[]) => environmentOf(lines).ARM_RESOURCE_MANAGER_ENDPOINT!;
  const group = "subscriptions/s/resourceGroups/g";
  const first = run(...options);
  await first.printed;
  expect(await statusOf(`${urlOf(first.out)}${group}`, certificate, "PUT", { location: "swedencentral" })).toBe(201);
  expect(await statusOf(`${urlOf(first.out)}${group}/dance`, certificate)).toBe(501);
  expect(await first.end()).toBe(0);
  const lacks = `NotEmulated: GET /${group}/dance is not emulated.`;
  expect(first.errors.slice(1)).toEqual([
    `Asked for what the emulator lacks: ${lacks}`,
    `The emulator lacks what clients asked for:\n  ${lacks} (1 request)`,
    `The state is in ${file}.`,
  ]);
  expect(statSync(file).mode & 0o077).toBe(0);

  const second = run(...options);
  await second.printed;
  expect(await statusOf(`${urlOf(second.out)}${group}`, certificate)).toBe(200);
  expect(await second.end()).toBe(0);

  writeFileSync(file, "{}");
  const wrong = run(...options);
  expect(await wrong.status).toBe(3);
  const message = "This is not a state that the emulator has saved, or one of another version.";
  expect([wrong.out, wrong.errors]).toEqual([[], [`error: ${file}: ${message}`]]);
});

test.each([
  ["--nonsense", /^error: unknown option '--nonsense'$/],
  ["--prot", /^error: unknown option '--prot' \(Did you mean --port\?\)$/],
  ["nonsense", /^error: too many arguments/],
  ["--port=x", /'--port <n>' argument 'x' is invalid\. Allowed: a whole number from 0 to 65535\.$/],
  ["--listen=all", /Allowed: an IP address of this machine, or 0\.0\.0\.0\.$/],
  ["--port=65536", /Allowed: a whole number from 0 to 65535\.$/],
  ["--slow=a", /Allowed: PATTERN=SECONDS, such as privateEndpoints=60\.$/],
  ["--hold=a=b", /Allowed: PATTERN=SECONDS, such as privateEndpoints=60\.$/],
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

test("a port that is in use, and a certificate that can't be written, are named in one line", async () => {
  const other = createServer().listen(0, "127.0.0.1").unref();
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  for (const option of ["--port", "--proxy-port"]) {
    const used = run(option, String(port));
    expect(await used.status).toBe(3);
    expect(used.out).toEqual([]);
    expect(used.errors).toEqual([`error: can't listen on port ${port}: another program uses it; choose another port`]);
  }
  other.close();

  const file = join(folder, "none", "azure.pem");
  const unwritten = run("--certificate", file);
  expect(await unwritten.status).toBe(3);
  expect(unwritten.out).toEqual([]);
  expect(unwritten.errors).toEqual([`error: can't write the certificate to ${file}: there is no such folder`]);
});

test("--help and --version end it", async () => {
  const help = run("--help");
  expect(await help.status).toBe(0);
  expect(help.out.join("\n")).toMatch(/^Usage: azure-emulator \[options\]\n/);
  const version = run("--version");
  expect(await version.status).toBe(0);
  const manifest = JSON.parse(readFileSync(join(__dirname, "..", "package.json"), "utf8")) as { version: string };
  expect(version.out).toEqual([manifest.version]);
});

test("as a program it ends by a signal, with status 0", async () => {
  const child = spawn(process.execPath, [join(__dirname, "..", "bin.js")], { cwd: folder });
  const [printed] = (await once(child.stdout, "data")) as [Buffer];
  expect(printed.toString()).toMatch(/^export SSL_CERT_FILE=/);
  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([0, null]);
});
