import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type Certificate, LOGIN_SERVER, REPOSITORY, type RegistryFake } from "./registry-fake";

/** Docker's registry on loopback, from Debian's package docker-registry. It requires tokens, and redirects for blobs. */
export class DebianRegistry {
  private constructor(
    /** Its base address. */
    public readonly address: string,
    private readonly folder: string,
    private readonly process: ChildProcess,
  ) {}

  /**
   * @param signer - certificate that verifies access tokens
   * @param dataEndpoint - base URL to which it redirects for blobs
   */
  public static async start(parent: string, signer: Certificate, dataEndpoint: string): Promise<DebianRegistry> {
    const folder = mkdtempSync(join(parent, "docker-registry-"));
    const port = await freePort();
    const configuration = {
      version: 0.1,
      log: { level: "error", accesslog: { disabled: true } },
      storage: { filesystem: { rootdirectory: folder } },
      middleware: { storage: [{ name: "redirect", options: { baseurl: dataEndpoint } }] },
      http: { addr: `127.0.0.1:${port}` },
      auth: {
        token: {
          realm: `https://${LOGIN_SERVER}/oauth2/token`,
          service: LOGIN_SERVER,
          issuer: LOGIN_SERVER,
          rootcertbundle: signer.cert,
        },
      },
    };
    const file = join(folder, "config.yml");
    // JSON is YAML.
    writeFileSync(file, JSON.stringify(configuration));
    const child = spawn("docker-registry", ["serve", file], { stdio: "ignore" });
    const registry = new DebianRegistry(`http://127.0.0.1:${port}`, folder, child);
    await registry.untilUp();
    return registry;
  }

  /** Pushes the image of a fake. */
  public async push(fake: RegistryFake): Promise<void> {
    const token = fake.accessToken(REPOSITORY, ["pull", "push"], 60);
    const send = async (method: string, url: string, type: string, body?: Buffer | string): Promise<Response> => {
      const headers = { Authorization: `Bearer ${token}`, "Content-Type": type };
      const answer = await fetch(new URL(url, this.address), { method, headers, ...(body ? { body } : {}) });
      if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`);
      return answer;
    };
    const repository = `/v2/${REPOSITORY}`;
    for (const [digest, content] of fake.contents) {
      const upload = await send("POST", `${repository}/blobs/uploads/`, "text/plain");
      const where = new URL(upload.headers.get("location")!, this.address);
      where.searchParams.set("digest", digest);
      await send("PUT", where.href, "application/octet-stream", content);
    }
    for (const manifest of [...Object.values(fake.manifests), fake.index]) {
      const { mediaType } = JSON.parse(manifest) as { mediaType: string };
      await send("PUT", `${repository}/manifests/v1`, mediaType, manifest);
    }
  }

  /** Returns the content at a path to which it redirected. */
  public stored(path: string): Buffer | undefined {
    const file = join(this.folder, path);
    return existsSync(file) ? readFileSync(file) : undefined;
  }

  public async stop(): Promise<void> {
    const ended = once(this.process, "exit");
    this.process.kill();
    await ended;
  }

  private async untilUp(): Promise<void> {
    for (let tries = 0; tries < 200; tries++) {
      if (await fetch(`${this.address}/v2/`).catch(() => undefined)) return;
      await setTimeout(20);
    }
    await this.stop();
    throw new Error("docker-registry does not answer");
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
