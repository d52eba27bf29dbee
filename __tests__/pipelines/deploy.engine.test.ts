import { AzureEmulator } from "../../packages/azure-emulator";
import { execFile } from "node:child_process";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findEngine } from "../../commands/engine/engine";
import { FakeService } from "../support/fake-service";
import { PROJECT } from "../support/programs";
import { azure, azureSteps, github, pairsIn } from "./deploy-files";

/** Runs a script as the services do, without blocking the emulated Azure in this process. */
function script(text: string, { cwd, env }: { cwd: string; env: Record<string, string> }) {
  const args = ["--noprofile", "--norc", "-eo", "pipefail", "-c", text];
  return new Promise<{ status: number; printed: string }>((resolve) => {
    execFile("bash", args, { cwd, env, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      resolve({ status: typeof error?.code === "number" ? error.code : error ? -1 : 0, printed: stdout + stderr });
    });
  });
}

/** What a job has done. */
interface Ran {
  readonly status: number;
  readonly outputs: Readonly<Record<string, string>>;
  /** What the run shows as its summary. */
  readonly summary: string;
  readonly printed: string;
}

/** Keeps blobs in a folder, in place of the storage account. */
const AZ = `#!/usr/bin/env bash
set -eu
case "$*" in
  "account show"*) echo "$SUBSCRIPTION"; exit 0 ;;
  "storage blob upload"*) verb=up ;;
  "storage blob download"*) verb=down ;;
  *) exit 9 ;;
esac
while [ "$#" -gt 0 ]; do case $1 in --name) name=$2 ;; --file) file=$2 ;; esac; shift; done
if [ "$verb" = up ]; then cp "$file" "$BLOBS/$name"; else cp "$BLOBS/$name" "$file"; fi
`;

const SMALL = {
  hub: { location: "northeurope", addressSpace: "10.12.0.0/16", bastion: false },
  registry: { replicas: [] },
  spokes: [{ name: "spoke1", location: "swedencentral", addressSpace: "10.10.0.0/16" }],
  testVms: false,
};
const CHANGED = { ...SMALL, recordTtl: 60 };

/** A repository with the settings, an emulated Azure, and services that give tokens and keep comments. */
class World {
  private readonly blobs: string;
  private readonly bin: string;
  private run = 0;
  /** What replaces the tokens of GitHub in a job. */
  private secret: Record<string, string> = {};

  private constructor(
    private readonly folder: string,
    public readonly emulator: AzureEmulator,
    private readonly tokens: FakeService,
    public readonly comments: FakeService,
    private readonly engine: string,
  ) {
    this.blobs = this.below("blobs");
    this.bin = this.below("bin");
    writeFileSync(join(this.bin, "az"), AZ, { mode: 0o755 });
    writeFileSync(join(folder, "azure.pem"), emulator.certificate);
    symlinkSync(join(PROJECT, "pipelines"), join(folder, "pipelines"));
    const main = `node --require ${join(PROJECT, "typescript.cjs")} ${join(PROJECT, "commands/main.ts")}`;
    const scripts = Object.fromEntries(["plan", "deploy", "preview"].map((name) => [name, `${main} ${name}`]));
    writeFileSync(join(folder, "package.json"), JSON.stringify({ scripts }));
  }

  public static async start(engine: string): Promise<World> {
    const [emulator, tokens, comments] = await Promise.all([
      AzureEmulator.start(),
      // What GitHub and Azure DevOps call the token.
      FakeService.start(() => ({ body: { value: "token-of-the-service", oidcToken: "token-of-the-service" } })),
      FakeService.start((_, url) => ({
        body: url.startsWith("/repos/")
          ? []
          : { value: [], data: { viewer: { login: "bot" } }, authenticatedUser: { id: "build" } },
      })),
    ]);
    return new World(mkdtempSync(join(tmpdir(), "deploy-")), emulator, tokens, comments, engine);
  }

  public async close(): Promise<void> {
    await this.emulator.close();
    this.tokens.close();
    this.comments.close();
    rmSync(this.folder, { recursive: true });
  }

  public set settings(privateRegistry: object) {
    writeFileSync(join(this.folder, "cdktf.json"), JSON.stringify({ context: { privateRegistry } }));
  }

  /**
   * From here on, jobs of GitHub sign in with a secret. With a token of GitHub, azapi asks Microsoft's own directory about the
   * authority, which it does not with one of Azure DevOps: the emulated Azure can't answer for that host.
   */
  public signInBySecret(): void {
    this.secret = { ARM_USE_OIDC: "false", ARM_CLIENT_SECRET: "none" };
  }

  /** How many tokens the services have given. */
  public get tokensGiven(): number {
    return this.tokens.asked.length;
  }

  /** Requests that change something in Azure, since a number of requests. */
  public writesSince(start: number): string[] {
    return this.emulator.requests
      .slice(start)
      .filter(({ method, path }) => /^(POST|PUT|PATCH|DELETE)$/.test(method) && path.includes("/subscriptions/"))
      .map(({ method, path }) => `${method} ${path}`);
  }

  /** Changes what is kept for an approval. */
  public tamper(): void {
    for (const file of readdirSync(this.blobs)) appendFileSync(join(this.blobs, file), "x");
  }

  /** Runs a job of the workflow for GitHub, without the steps that install. */
  public async github(name: keyof typeof github.jobs, event: string, needs: Partial<Ran> = {}): Promise<Ran> {
    const job = github.jobs[name];
    const temp = this.temporary();
    const [output, summary] = [join(temp, "output"), join(temp, "summary")];
    for (const file of [output, summary]) writeFileSync(file, "");
    const lookup = (path: string): string => {
      const last = path.split(".").at(-1)!;
      if (path.startsWith("vars.")) return this.variables[last] ?? "";
      if (path.startsWith("steps.")) return pairsIn(readFileSync(output, "utf8"))[last] ?? "";
      if (path.startsWith("needs.")) return needs.outputs?.[last] ?? "";
      return (
        {
          "github.event_name": event,
          "github.ref": event === "pull_request" ? "refs/pull/7/merge" : "refs/heads/main",
          "github.token": "job-token",
          "github.repository": "contoso/registry",
          "github.event.pull_request.number": "7",
          "github.event.pull_request.head.repo.full_name": "contoso/registry",
        }[path] ?? ""
      );
    };
    const valueOf = (text: string) => text.replace(/\$\{\{ ([\w.]+) \}\}/g, (_, path: string) => lookup(path));
    const env = (given: Readonly<Record<string, string>> = {}) =>
      Object.fromEntries(Object.entries(given).map(([key, text]) => [key, valueOf(text)]));
    let printed = "";
    if (!holds(job.if, lookup)) return { status: 0, outputs: {}, summary: "skipped", printed };
    for (const step of job.steps) {
      if (step.run === undefined || step.run.startsWith("npm ci") || !holds(step.if ?? "true", lookup)) continue;
      const ended = await script(step.run, {
        cwd: this.folder,
        env: {
          ...this.environment,
          ...env(github.env),
          ...env(job.env),
          ...env(step.env),
          ...this.secret,
          TERRAFORM_BINARY_NAME: this.engine,
          RUNNER_TEMP: temp,
          GITHUB_OUTPUT: output,
          GITHUB_STEP_SUMMARY: summary,
          GITHUB_API_URL: this.comments.url,
          GITHUB_GRAPHQL_URL: `${this.comments.url}/graphql`,
          GITHUB_REPOSITORY: "contoso/registry",
          ACTIONS_ID_TOKEN_REQUEST_URL: `${this.tokens.url}/token?v=1`,
          ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request-token",
        },
      });
      printed += ended.printed;
      if (ended.status !== 0)
        return { status: ended.status, outputs: {}, summary: readFileSync(summary, "utf8"), printed };
    }
    return { status: 0, outputs: env(job.outputs), summary: readFileSync(summary, "utf8"), printed };
  }

  /** Runs the steps of a stage of the pipeline for Azure DevOps, without those that install. */
  public async azure(stage: string, reason: string, needs: Partial<Ran> = {}): Promise<Ran> {
    const temp = this.temporary();
    const outputs: Record<string, string> = { ...needs.outputs };
    const parameters = Object.fromEntries(azure.parameters.map((one) => [one.name, one.default]));
    const valueOf = (text: string) =>
      text
        .replace(/\$\{\{ parameters\.(\w+) \}\}/g, (_, name: string) => parameters[name]!)
        .replace("$(Agent.TempDirectory)", temp)
        .replace("$(System.AccessToken)", "job-token")
        .replace(/\$\((?:plan\.)?(\w+)\)/g, (_, name: string) => outputs[name] ?? "");
    let [printed, summary] = ["", ""];
    for (const step of azureSteps(stage)) {
      const text = step.bash ?? step.inputs?.inlineScript;
      if (text === undefined || (step.condition?.includes("PullRequest") && reason !== "PullRequest")) continue;
      const ended = await script(text, {
        cwd: this.folder,
        env: {
          ...this.environment,
          // A job has variables of the provider by its service connection alone.
          ARM_CLIENT_ID: "",
          ARM_TENANT_ID: "",
          ARM_SUBSCRIPTION_ID: "",
          TERRAFORM_BINARY_NAME: this.engine,
          BUILD_REASON: reason,
          AZURESUBSCRIPTION_CLIENT_ID: this.variables.AZURE_PLAN_CLIENT_ID!,
          AZURESUBSCRIPTION_TENANT_ID: this.variables.AZURE_TENANT_ID!,
          AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: "00000000-0000-0000-0000-0000000000cc",
          SYSTEM_OIDCREQUESTURI: `${this.tokens.url}/oidctoken`,
          SYSTEM_COLLECTIONURI: `${this.comments.url}/contoso/`,
          SYSTEM_TEAMPROJECTID: "project",
          BUILD_REPOSITORY_ID: "repository",
          SYSTEM_PULLREQUEST_PULLREQUESTID: "7",
          ...Object.fromEntries(Object.entries(step.env ?? {}).map(([key, value]) => [key, valueOf(value)])),
        },
      });
      printed += ended.printed;
      for (const [, name, value] of ended.printed.matchAll(
        /##vso\[task\.setvariable variable=(\w+);isOutput=true\](.*)/g,
      ))
        outputs[name!] = value!;
      const [, shown] = /##vso\[task\.uploadsummary\](.*)/.exec(ended.printed) ?? [];
      if (shown !== undefined) summary = readFileSync(shown, "utf8");
      if (ended.status !== 0) return { status: ended.status, outputs, summary, printed };
    }
    return { status: 0, outputs, summary, printed };
  }

  private below(name: string): string {
    const path = join(this.folder, name);
    mkdirSync(path);
    return path;
  }

  private temporary(): string {
    this.run += 1;
    return this.below(`run-${this.run}`);
  }

  private get login(): Record<string, string> {
    return this.emulator.environment(join(this.folder, "azure.pem"), "00000000-0000-0000-0000-000000000001");
  }

  private get variables(): Record<string, string> {
    const {
      ARM_CLIENT_ID: client = "",
      ARM_TENANT_ID: tenant = "",
      ARM_SUBSCRIPTION_ID: subscription = "",
    } = this.login;
    const identities = { AZURE_PLAN_CLIENT_ID: client, AZURE_DEPLOY_CLIENT_ID: client };
    return { ...identities, AZURE_TENANT_ID: tenant, AZURE_SUBSCRIPTION_ID: subscription };
  }

  /** What the machine of a job has: the way to the emulated Azure, and no secret. */
  private get environment(): Record<string, string> {
    const login = Object.fromEntries(Object.entries(this.login).filter(([name]) => name !== "ARM_CLIENT_SECRET"));
    const { PATH = "", HOME = "", TF_CLI_CONFIG_FILE, TF_PLUGIN_CACHE_DIR } = process.env;
    const own = { PATH: [this.bin, PATH].join(":"), HOME, NO_COLOR: "1", BLOBS: this.blobs };
    return {
      ...{ ...login, ...own, SUBSCRIPTION: login.ARM_SUBSCRIPTION_ID! },
      ...(TF_CLI_CONFIG_FILE !== undefined && { TF_CLI_CONFIG_FILE }),
      ...(TF_PLUGIN_CACHE_DIR !== undefined && { TF_PLUGIN_CACHE_DIR }),
    };
  }
}

/** A job that has applied a plan. */
const APPLIED = { status: 0, printed: expect.stringMatching(/\nApplied in .*: \d+ resources added/) as string };

/** What a job printed that failed; empty for one that did not. */
const failureOf = ({ status, printed }: Ran) => (status === 0 ? "" : `${status}: ${printed}`);

/** Whether a condition of GitHub holds: names, texts, `==`, `!=`, `&&`, `||` and parentheses mean in JavaScript what they mean there. */
function holds(condition: string, lookup: (path: string) => string): boolean {
  const code = condition.replace(/'[^']*'|[a-z_]+(?:\.\w+)+/g, (token) =>
    JSON.stringify(token.startsWith("'") ? token.slice(1, -1) : lookup(token)),
  );
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  return Boolean((new Function(`return ${code}`) as () => unknown)());
}

describe("with an engine and an emulated Azure", () => {
  jest.setTimeout(600_000);
  let world: World;
  beforeEach(async () => {
    world = await World.start(findEngine(process.env).command);
    world.settings = SMALL;
  });
  afterEach(() => world.close());

  test("on GitHub: planned and shown on the pull request, planned again, applied after approval, and drift is found", async () => {
    const shown = await world.github("plan", "pull_request");
    expect(failureOf(shown)).toBe("");
    expect(shown.summary).toContain("### ✅ What the deployment changes");
    expect(world.comments.asked.map(({ method, url }) => `${method} ${url}`).slice(1)).toEqual([
      expect.stringMatching(/^GET \/repos\/contoso\/registry\/issues\/7\/comments/),
      "POST /repos/contoso/registry/issues/7/comments",
    ]);
    expect(world.comments.asked[2]!.body.body).toBe(`<!-- private-link-preview: deployment -->\n${shown.summary}`);
    // The plan signs in by tokens of the service, and changes nothing.
    expect(world.tokensGiven).toBeGreaterThan(0);
    expect(world.writesSince(0)).toEqual([]);
    world.signInBySecret();

    const planned = await world.github("plan", "push");
    const sha256 = expect.stringMatching(/^[0-9a-f]{64}$/) as string;
    expect(planned).toMatchObject({ status: 0, outputs: { sha256 } });
    expect(Number(planned.outputs.changes)).toBeGreaterThan(0);
    expect(await world.github("deploy", "push", planned)).toMatchObject(APPLIED);

    // Nothing is left to approve, and nothing has drifted.
    const again = await world.github("plan", "push");
    expect(again.outputs.changes).toBe("0");
    expect((await world.github("deploy", "push", again)).summary).toBe("skipped");
    expect((await world.github("drift", "schedule")).status).toBe(0);
    world.settings = CHANGED;
    const drifted = await world.github("drift", "schedule");
    expect([drifted.status, drifted.summary]).toEqual([1, expect.stringContaining("- `~` ")]);

    // A plan that is not the one that was approved, and one that is not of this state any more.
    const first = await world.github("plan", "push");
    expect(await world.github("deploy", "push", first)).toMatchObject({ status: 0 });
    const stale = await world.github("deploy", "push", first);
    const changed = expect.stringContaining("the state has changed since the plan was made") as string;
    expect([stale.status, stale.printed]).toEqual([3, changed]);
    const before = world.emulator.requests.length;
    world.tamper();
    const tampered = await world.github("deploy", "push", first);
    expect([tampered.status, tampered.printed]).toEqual([1, expect.stringContaining("did NOT match")]);

    // A plan with an error is shown, and stops there.
    world.settings = { ...SMALL, registry: { replicas: [], namePrefix: "contoso" } };
    const refused = await world.github("plan", "pull_request");
    expect([refused.status, refused.summary]).toEqual([1, expect.stringContaining("**registry-lost**")]);
    expect(world.comments.asked.at(-1)!.body.body).toContain("### ❌ What the deployment changes");
    expect(world.writesSince(before)).toEqual([]);
  });

  test("in Azure DevOps: planned and shown on the pull request, planned again, applied after approval, and drift is found", async () => {
    const shown = await world.azure("plan", "PullRequest");
    expect(failureOf(shown)).toBe("");
    expect(world.comments.asked.map(({ method }) => method)).toEqual(["GET", "GET", "POST"]);
    expect(world.comments.asked[2]!.body).toMatchObject({
      comments: [{ content: `<!-- private-link-preview: deployment -->\n${shown.summary}` }],
    });
    expect(world.tokensGiven).toBeGreaterThan(0);
    expect(world.writesSince(0)).toEqual([]);

    const planned = await world.azure("plan", "IndividualCI");
    expect(await world.azure("deploy", "IndividualCI", planned)).toMatchObject(APPLIED);
    expect((await world.azure("plan", "IndividualCI")).outputs.changes).toBe("0");
    expect((await world.azure("drift", "Schedule")).status).toBe(0);
    world.settings = CHANGED;
    expect((await world.azure("drift", "Schedule")).status).toBe(1);
  });
});
