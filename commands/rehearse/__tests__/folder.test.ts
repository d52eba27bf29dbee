import { AzureEmulator } from "../../../packages/azure-emulator";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { withoutBackend, moduleFiles } from "../folder/configuration";
import { copyFolder } from "../folder/copy-folder";
import { missingText, putExistingResources, readExisting } from "../folder/existing-file";
import { hclBlocks } from "../../../packages/common/util";
import { overrideProviders } from "../folder/overrides";
import { refuseProviders, requiredProviders } from "../folder/providers";
import { keptText } from "../folder/rehearse-folder";
import { runIn } from "../../../__tests__/support/programs";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "folder-test-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Writes files below the test's folder. */
function write(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** The files below a folder, in order. */
function filesIn(path: string): string[] {
  return readdirSync(path, { recursive: true, encoding: "utf8" })
    .filter((file) => statSync(join(path, file)).isFile())
    .sort();
}

describe("blocks of HCL", () => {
  test("are found between comments, heredocs and strings that look like blocks", () => {
    const blocks = hclBlocks(`
      # provider "commented" {
      /* module "m" { source = "./gone" } */
      locals {
        text = "provider \\"quoted\\" { \${upper("}")} $\${literal} {"
        more = <<-EOT
          provider "heredoc" {
          EOT
        list = [for x in var.y : { a = x }]
      }
      provider "azurerm" { // after
        alias = "hub"
        features {
          key_vault { purge_soft_delete_on_destroy = true }
        }
      }
      module "m" { source = "../m" }
      module "n" { source = "\${var.where}" }
    `);
    expect(blocks.map(({ type, labels }) => [type, ...labels].join(" "))).toEqual([
      "locals",
      "provider azurerm",
      "module m",
      "module n",
    ]);
    const [, provider, m, n] = blocks;
    expect(provider!.attributes.get("alias")).toBe("hub");
    expect(provider!.blocks[0]!.blocks[0]!.type).toBe("key_vault");
    expect(m!.attributes.get("source")).toBe("../m");
    expect(n!.attributes.get("source")).toBeUndefined();
  });

  test("that are not finished end with the text", () => {
    expect(hclBlocks('provider "azurerm" { alias = "x').map(({ type }) => type)).toEqual(["provider"]);
    expect(hclBlocks('}}} = "')).toEqual([]);
    expect(hclBlocks("a {".repeat(100_000) + '"${'.repeat(100_000) + "/*<<A\n".repeat(100_000))).toHaveLength(1);
  });
});

describe("the backend", () => {
  test("is left out, and nothing else", () => {
    const text =
      'terraform {\n  backend "azurerm" {\n    key = "}"\n  }\n  required_version = ">= 1.5"\n}\nlocals {}\n';
    expect(withoutBackend("main.tf", text)).toBe('terraform {\n  \n  required_version = ">= 1.5"\n}\nlocals {}\n');
    const cloud = 'terraform {\n  cloud {\n    organization = "a"\n  }\n}';
    expect(withoutBackend("main.tf", cloud)).toBe("terraform {\n  \n}");
    expect(withoutBackend("main.tf", "locals {\n  backend = {}\n}")).toBe("locals {\n  backend = {}\n}");
  });

  test("is left out of JSON", () => {
    const rest = { required_version: ">= 1.5" };
    const json = { terraform: { backend: { local: {} }, ...rest }, locals: {} };
    expect(JSON.parse(withoutBackend("cdk.tf.json", JSON.stringify(json)))).toEqual({ terraform: rest, locals: {} });
  });
});

describe("the copy", () => {
  test("has the folder, its modules wherever they are, and the files that it names, with the same layout", () => {
    write({
      "repo/main.tf": 'module "net" { source = "./modules/net" }\n',
      "repo/modules/net/main.tf": "",
      "repo/examples/one/main.tf":
        'terraform {\n  backend "azurerm" {}\n}\nmodule "repo" { source = "../../" }\nlocals { text = file("${path.module}/../shared/text.txt") }',
      "repo/examples/one/terraform.tfvars": "a = 1",
      "repo/examples/shared/text.txt": "hello",
      "other/secret.txt": "not copied",
    });
    const target = join(folder, "target");
    const copied = copyFolder(join(folder, "repo/examples/one"), target);
    expect(readFileSync(join(copied, "main.tf"), "utf8")).not.toContain("backend");
    expect(readFileSync(join(copied, "../shared/text.txt"), "utf8")).toBe("hello");
    expect(filesIn(join(copied, "../.."))).toEqual([
      "examples/one/main.tf",
      "examples/one/terraform.tfvars",
      "examples/shared/text.txt",
      "main.tf",
      "modules/net/main.tf",
    ]);
    expect(filesIn(target).some((file) => file.includes("secret"))).toBe(false);
  });

  test("has only what a folder among others refers to", () => {
    write({
      "infra/app/main.tf": 'module "a" {\n  source = "../modules/a"\n}',
      "infra/modules/a/main.tf": 'module "b" {\n  source = "../b"\n}',
      "infra/modules/b/main.tf": "",
      "infra/modules/unused/main.tf": "",
      "infra/prod/main.tf": "",
    });
    const target = join(folder, "target");
    copyFolder(join(folder, "infra/app"), target);
    expect(filesIn(target)).toEqual(["app/main.tf", "modules/a/main.tf", "modules/b/main.tf"]);
  });

  test("has no states and no data of the engine, has what links lead to, and is its owner's alone", () => {
    write({
      "a/main.tf": "",
      "a/terraform.tfstate": "{}",
      "a/terraform.tfstate.d/dev/terraform.tfstate": "{}",
      "a/.terraform/environment": "dev",
      "a/.terraform.lock.hcl": "lock",
      "elsewhere/linked.tf": "locals {}",
    });
    symlinkSync(join(folder, "elsewhere/linked.tf"), join(folder, "a/linked.tf"));
    symlinkSync(join(folder, "nowhere"), join(folder, "a/dangling"));
    symlinkSync(join(folder, "a"), join(folder, "a/loop"));
    const target = join(folder, "target");
    const copied = copyFolder(join(folder, "a"), target);
    expect(filesIn(copied)).toEqual([".terraform.lock.hcl", "linked.tf", "main.tf"]);
    expect(readFileSync(join(copied, "linked.tf"), "utf8")).toBe("locals {}");
    expect(statSync(copied).mode & 0o077).toBe(0);
  });

  test("is refused of a folder without a configuration, or that is not there", () => {
    write({ "empty/readme.md": "" });
    const target = join(folder, "target");
    expect(() => copyFolder(join(folder, "empty"), target)).toThrow(/empty has no files that end in \.tf/);
    expect(() => copyFolder(join(folder, "none"), target)).toThrow(/there is no folder .*none/);
  });
});

describe("providers' configurations", () => {
  const AZURE = { host: "localhost:1", tenantId: "tenant", clientId: "client" };
  const overridden = (path = folder): unknown =>
    JSON.parse(readFileSync(join(path, "zzz_rehearsal_override.tf.json"), "utf8"));

  test("keep what they say, except for the credentials that they set", () => {
    write({
      "main.tf": `
        provider "azurerm" {
          subscription_id = "s"
          use_oidc        = true
          features {}
        }
        provider "azurerm" {
          alias       = "hub"
          environment = "usgovernment"
          client_id   = var.id
          features {}
        }
        provider "azapi" { use_msi = true }
        provider "random" {}
      `,
    });
    overrideProviders(folder, AZURE, true, true);
    expect(overridden()).toEqual({
      provider: {
        azurerm: [{ use_oidc: false }, { alias: "hub", client_id: "client", environment: "public" }],
        azapi: [{ use_msi: false }],
      },
    });
  });

  test("are read from JSON too", () => {
    write({ "cdk.tf.json": JSON.stringify({ provider: { azurerm: [{ alias: "a", features: {}, use_cli: true }] } }) });
    expect(moduleFiles(folder).providers).toEqual([
      { name: "azurerm", alias: "a", members: ["alias", "features", "use_cli"] },
    ]);
  });

  test("of a folder without one of azurerm get what azurerm needs; modules without one stay as they are", () => {
    write({ "root/main.tf": "", "module/main.tf": "" });
    overrideProviders(join(folder, "root"), AZURE, true, true);
    overrideProviders(join(folder, "module"), AZURE, false, true);
    expect(overridden(join(folder, "root"))).toEqual({ provider: { azurerm: [{ features: [{}] }] } });
    expect(filesIn(join(folder, "module"))).toEqual(["main.tf"]);
  });
});

describe("required providers", () => {
  const PRINTED = `
Providers required by configuration:
.
├── provider[registry.terraform.io/hashicorp/azurerm] ~> 4.0
├── provider[terraform.io/builtin/terraform]
├── module.hub
│   ├── provider[registry.terraform.io/hashicorp/azurerm]
│   └── module.telemetry
│       └── provider[registry.opentofu.org/Azure/modtm] ~> 0.3
└── module.app
    └── provider[registry.terraform.io/hashicorp/kubernetes]

Providers required by state:

    provider[registry.terraform.io/hashicorp/aws]
`;

  test("are read with the modules that require them", () => {
    expect(requiredProviders(PRINTED)).toEqual([
      { source: "hashicorp/azurerm", module: "" },
      { source: "builtin/terraform", module: "" },
      { source: "hashicorp/azurerm", module: "module.hub" },
      { source: "azure/modtm", module: "module.hub.module.telemetry" },
      { source: "hashicorp/kubernetes", module: "module.app" },
    ]);
  });

  test("that don't work with the emulated Azure are refused together, unless they are accepted", () => {
    const required = requiredProviders(PRINTED);
    expect(refuseProviders.bind(undefined, required, [])).toThrow(
      "azure/modtm, required by module.hub.module.telemetry\n  hashicorp/kubernetes, required by module.app\n" +
        "A provider that does no harm can be accepted: --allow-provider azure/modtm --allow-provider hashicorp/kubernetes",
    );
    expect(refuseProviders.bind(undefined, required, ["Azure/modtm", "hashicorp/kubernetes"])).not.toThrow();
  });
});

describe("resources that exist", () => {
  const GROUP = "/subscriptions/s/resourceGroups/rg-hub";
  const NETWORK = `${GROUP}/providers/Microsoft.Network/virtualNetworks/vnet-hub`;

  test("are created in the order in which they need each other; those that are refused are reported together", async () => {
    write({
      "existing.json": JSON.stringify([
        { id: `${NETWORK}/subnets/a`, properties: { addressPrefix: "10.0.1.0/24" } },
        { id: NETWORK, location: "westeurope", properties: { addressSpace: { addressPrefixes: ["10.0.0.0/16"] } } },
        { id: `${GROUP}/providers/Contoso.Things/things/one` },
      ]),
    });
    const azure = await AzureEmulator.start({ anyType: true });
    try {
      const refused = [{ id: `${NETWORK}/subnets/a` }, { id: NETWORK }, { id: GROUP }];
      expect(putExistingResources.bind(undefined, refused, azure)).toThrow(
        /\[0\] .*subnets\/a: .* does not exist\.\n {2}\[1\] .*vnet-hub: The location property is required/,
      );
      putExistingResources(readExisting(join(folder, "existing.json")), azure);
      expect(azure.resources.map(({ id }) => id).sort()).toEqual(
        [GROUP, NETWORK, `${NETWORK}/subnets/a`, `${GROUP}/providers/Contoso.Things/things/one`].sort(),
      );
    } finally {
      await azure.close();
    }
  });

  test("are refused with all errors of the file", () => {
    const wrong = JSON.stringify([{ id: "vnet-hub" }, "x", { location: "westeurope" }]);
    write({ "existing.json": wrong, "object.json": "{}" });
    expect(() => readExisting(join(folder, "existing.json"))).toThrow(
      /existing\.json:\n {2}\[0\]\.id: found "vnet-hub".*\n {2}\[1\]: expected an object.*\n {2}\[2\]\.id: found undefined/,
    );
    expect(() => readExisting(join(folder, "object.json"))).toThrow(/object\.json: expected an array of resources/);
    expect(() => readExisting(join(folder, "none.json"))).toThrow(/There is no file/);
  });

  test("that are missing are told as the JSON to put into the file", () => {
    const text = missingText([NETWORK, `${GROUP}/providers/Microsoft.OperationalInsights/workspaces/log`]);
    expect(JSON.parse(text.slice(text.indexOf("["))) as unknown).toEqual([
      { id: NETWORK, location: "westeurope", properties: { addressSpace: { addressPrefixes: ["10.0.0.0/16"] } } },
      { id: `${GROUP}/providers/Microsoft.OperationalInsights/workspaces/log`, location: "westeurope" },
    ]);
  });
});

test("types without rules are listed, if there are any", () => {
  expect(keptText([])).toBe("");
  expect(keptText(["Microsoft.Storage/storageAccounts"])).toMatch(
    /no rules.*:\n {2}Microsoft\.Storage\/storageAccounts$/,
  );
});

test.each([
  [["--dir", ".", "--from", "x.json"], "Give one of --dir and --from, not both"],
  [["--dir", ".", "--pull"], "Give one of --dir and --pull, not both"],
  [["--dir", ".", "--fail", "x"], "Give one of --dir and --fail, not both"],
  [["--var-file", "x"], "--var-file is for a folder: give --dir too."],
  [["--existing", "x"], "--existing is for a folder: give --dir too."],
])("wrong usage is refused: %j", async (args, message) => {
  const { status, stderr } = await runIn(folder, "rehearse", args);
  expect(status).toBe(2);
  expect(stderr).toContain(message);
});
