import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { get } from "node:https";
import os from "node:os";
import { join } from "node:path";
import { UsageError } from "../../../packages/common/util";
import { Engine, findEngine } from "../../engine/engine";
import { FolderRehearsal, type FolderRehearsalProps } from "../folder/folder-rehearsal";
import { testUnless, which } from "../../../__tests__/support/skips";

/** What an engine was run with. */
interface Run {
  readonly args: string[];
  readonly env: Record<string, string>;
  readonly files: string[];
}

const lacking = process.platform === "linux" ? undefined : "rehearsals need Linux";

let temporary: string;
let folder: string;
beforeEach(() => {
  temporary = mkdtempSync(join(os.tmpdir(), "folder-flow-test-"));
  // What a rehearsal leaves would be there.
  jest.spyOn(os, "tmpdir").mockReturnValue(temporary);
  folder = join(temporary, "app");
  mkdirSync(folder);
  writeFileSync(
    join(folder, "main.tf"),
    'terraform {\n  backend "azurerm" {}\n}\nprovider "azurerm" {\n  use_oidc = true\n  features {}\n}\n',
  );
  writeFileSync(join(folder, ".terraform.lock.hcl"), "# lock");
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(temporary, { recursive: true });
});

/** A program that does nothing but record how it is run, and prints the providers that a folder requires. */
function engine(env: NodeJS.ProcessEnv, required = "hashicorp/azurerm"): Engine {
  const command = join(temporary, "terraform");
  const script = `#!/bin/sh
{ printf '%s\n' "$@"; echo; env; echo; ls -A; echo; echo; } >>'${join(temporary, "runs")}'
case $1 in
  providers) echo '├── provider[registry.terraform.io/${required}]' ;;
  plan) exit 2 ;;
  show) echo '{}' ;;
esac
`;
  writeFileSync(command, script, { mode: 0o755 });
  return new Engine(command, { PATH: process.env.PATH, ...env });
}

function runs(): Run[] {
  const file = join(temporary, "runs");
  if (!existsSync(file)) return [];
  const pairOf = (line: string) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)] as const;
  const text = readFileSync(file, "utf8").trimEnd();
  return text.split("\n\n\n").map((run) => {
    const [args = [], env = [], files = []] = run.split("\n\n").map((part) => part.split("\n"));
    return { args, env: Object.fromEntries(env.map(pairOf)), files };
  });
}

async function rehearse(props: Partial<FolderRehearsalProps> & Pick<FolderRehearsalProps, "engine">): Promise<void> {
  const rehearsal = await FolderRehearsal.start({ folder, ...props });
  try {
    await rehearsal.apply();
    await rehearsal.state();
    await rehearsal.destroy();
  } finally {
    await rehearsal.close();
    expect(existsSync(rehearsal.folder)).toBe(false);
  }
}

testUnless(lacking, "what the emulated Azure lacks is told when it is asked for", async () => {
  const told: string[] = [];
  const rehearsal = await FolderRehearsal.start({ folder, engine: engine({}), onLacking: (what) => told.push(what) });
  try {
    const url = `${rehearsal.azure.endpoint}/subscriptions/s/unknown`;
    const [response] = (await once(get(url, { ca: rehearsal.azure.certificate }), "response")) as [IncomingMessage];
    response.resume();
    expect([response.statusCode, told]).toEqual([501, ["NotEmulated: GET /subscriptions/s/unknown is not emulated."]]);
  } finally {
    await rehearsal.close();
  }
});

testUnless(lacking, "the engine installs as the user would, and works with the emulated Azure in a copy", async () => {
  const before = readdirSync(folder);
  const login = { ARM_USE_OIDC: "true", AZURE_TENANT_ID: "t" };
  const own = { ...login, TF_DATA_DIR: "/elsewhere", TF_VAR_a: "b", HTTPS_PROXY: "http://corporate" };
  await rehearse({ engine: engine(own) });
  const verbs = runs().map(({ args }) => args[0]);
  // No workspace is created, for it is the default one.
  expect(verbs).toEqual(["get", "providers", "init", "plan", "apply", "show", "apply"]);
  const [get, providers, init, plan] = runs();
  // The lock file would have the engine ask for the providers that are not installed yet.
  expect(providers!.files).not.toContain(".terraform.lock.hcl");
  expect(init!.files).toEqual([".terraform.lock.hcl", "main.tf", "zzz_rehearsal_override.tf.json"]);
  for (const { env } of [get!, init!]) expect(env).toMatchObject({ HTTPS_PROXY: "http://corporate", TF_VAR_a: "b" });
  for (const { env } of runs()) expect(env).not.toHaveProperty("TF_DATA_DIR");
  for (const { env } of [get!, init!, plan!]) expect(env).not.toHaveProperty("AZURE_TENANT_ID");
  expect(plan!.env).not.toHaveProperty("ARM_USE_OIDC");
  expect(plan!.env).toMatchObject({ TF_VAR_a: "b", ARM_CLIENT_SECRET: "none" });
  expect(plan!.env.ARM_METADATA_HOSTNAME).toMatch(/^localhost:/);
  expect(plan!.env.HTTPS_PROXY).toMatch(/^http:\/\/127\.0\.0\.1:/);
  expect(readdirSync(folder)).toEqual(before);
  expect(readFileSync(join(folder, "main.tf"), "utf8")).toContain("backend");
});

testUnless(
  lacking,
  "variables are given to the plan and the destruction, and the user's subscription is kept",
  async () => {
    const subscription = "11111111-2222-3333-4444-555555555555";
    const file = join(temporary, "dev.tfvars");
    writeFileSync(file, "");
    const options = { variableFiles: [file], variables: ["a=b c"] };
    await rehearse({ engine: engine({ ARM_SUBSCRIPTION_ID: subscription }), ...options });
    const given = runs().filter(({ args }) => args.includes("-var=a=b c") && args.includes(`-var-file=${file}`));
    expect(given.map(({ args }) => args.slice(0, 2).join(" "))).toEqual(["plan -json", "apply -destroy"]);
    expect(given[0]!.env.ARM_SUBSCRIPTION_ID).toBe(subscription);
  },
);

describe("the workspace", () => {
  /** Rehearses, and tells which workspace was created. */
  const created = async (env: NodeJS.ProcessEnv, workspace?: string) => {
    await rehearse({ engine: engine(env), ...(workspace !== undefined && { workspace }) });
    return runs().flatMap(({ args }) => (args[0] === "workspace" ? [args.at(-1)] : []));
  };

  testUnless(lacking, "is the one that is asked for", async () => {
    expect(await created({ TF_WORKSPACE: "other" }, "dev")).toEqual(["dev"]);
    for (const { env } of runs()) expect(env).not.toHaveProperty("TF_WORKSPACE");
  });

  testUnless(lacking, "is the one of the environment, or the one that is selected in the folder", async () => {
    expect(await created({ TF_WORKSPACE: "other" })).toEqual(["other"]);
    rmSync(join(temporary, "runs"));
    mkdirSync(join(folder, ".terraform"));
    writeFileSync(join(folder, ".terraform", "environment"), "selected");
    expect(await created({})).toEqual(["selected"]);
  });
});

testUnless(
  lacking,
  "providers that are not accepted stop it before they are installed, unless they are allowed",
  async () => {
    const refused = rehearse({ engine: engine({}, "hashicorp/aws") });
    await expect(refused).rejects.toThrow("hashicorp/aws, required by the folder");
    expect(runs().map(({ args }) => args[0])).toEqual(["get", "providers"]);
    await rehearse({ engine: engine({}, "hashicorp/aws"), allowedProviders: ["hashicorp/aws"] });
    expect(runs().some(({ args }) => args[0] === "init")).toBe(true);
  },
);

testUnless(lacking, "nothing is left of a rehearsal that can't start", async () => {
  const existing = join(temporary, "existing.json");
  const id = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/a";
  writeFileSync(existing, JSON.stringify([{ id }]));
  const start = (more: object) => FolderRehearsal.start({ folder, engine: engine({}), ...more });
  await expect(start({ existing })).rejects.toThrow("can't exist as they are written");
  await expect(start({ variableFiles: ["/none.tfvars"] })).rejects.toThrow("none.tfvars");
  expect(readdirSync(temporary).filter((name) => name.startsWith("rehearsal-"))).toEqual([]);
});

const noEngine = (which("terraform") ?? which("tofu")) ? lacking : "neither terraform nor tofu is here";

// It needs no providers: they are not installed before it is known that they are accepted.
testUnless(noEngine, "a real engine says which providers it would install, and they are refused", async () => {
  writeFileSync(join(folder, "main.tf"), 'data "http" "page" {\n  url = "https://example.com"\n}\n');
  const before = readdirSync(folder);
  const { PATH, HOME, TERRAFORM_BINARY_NAME } = process.env;
  const refused = rehearse({ engine: findEngine({ PATH, HOME, TERRAFORM_BINARY_NAME }) });
  await expect(refused).rejects.toThrow(UsageError);
  await expect(refused).rejects.toThrow("hashicorp/http, required by the folder itself");
  expect(readdirSync(folder)).toEqual(before);
});
