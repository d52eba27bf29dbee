import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PERMISSIONS } from "../../commands/deployer-role";
import { anyStackOf } from "../support/any-stack";
import { mixedSettings } from "../support/arbitraries";
import { everyType } from "../support/settings-files";
import { type Attributes, type TerraformJson, only, resourcesOf, synthesize } from "../support/synth";

const readProjectFile = (...path: string[]) => readFileSync(join(__dirname, "..", "..", ...path), "utf8");

const forAnyStack = anyStackOf(mixedSettings);

describe("a secret", () => {
  /** Names of attributes that hold one, in any provider. */
  const SECRET_NAME =
    /password|passphrase|secret|credential|token|private_key|shared_key|access_key|account_key|storage_key|connection_string|(^|_)sas(_|$)/;
  /** What gives a value away as one: keys, signed tokens, shared access signatures, connection strings, logins in addresses. */
  const SECRET_VALUE =
    /-----BEGIN|\beyJ[\w-]{8,}\.|[?&]sig=|(AccountKey|SharedAccessKey|Password|pwd)=|:\/\/[^/\s:@]+:[^/\s@]+@/i;
  /** A reference to an attribute that holds one, or to the whole of a resource that has such an attribute. */
  const SECRET_REFERENCE =
    /\.(\w*(private_key|shared_key|password|access_key|connection_string|token)\w*)|tls_private_key\.[\w-]+(?![\w-]|\.public_key)/;

  /** All members of a JSON value: path, name, and value where that is no object. */
  function* members(value: unknown, path = ""): Generator<{ path: string; name: string; value: unknown }> {
    if (typeof value !== "object" || value === null) return;
    for (const [name, member] of Object.entries(value)) {
      // Tags are the user's own words.
      if (name === "tags") continue;
      yield { path: `${path}.${name}`, name, value: member };
      yield* members(member, `${path}.${name}`);
    }
  }

  /** Whether an attribute says where a secret is, and not what: the id of one in a key vault, or of a set of such ids. */
  function isReference(name: string, value: unknown): boolean {
    if (name === "authentication_credentials" || name === "azurerm_container_registry_credential_set") return true;
    if (name === "credential_set_id")
      return /^\$\{azurerm_container_registry_credential_set\.[\w-]+\.id\}$/.test(String(value));
    return name.endsWith("_secret_id") && /^https:\/\/[\w-]+\.vault\.[a-z.]+\/secrets\/[\w-]+$/.test(String(value));
  }

  /** Where secrets are written down, or where an attribute is set that would hold one. */
  function writtenIn(json: TerraformJson): string[] {
    const { provider, terraform } = json;
    const attributes = Object.entries({ ...resourcesOf(json), provider, terraform }).flatMap(([address, value]) => [
      ...members(value, address),
    ]);
    return [
      ...attributes
        .filter(({ name, value }) => SECRET_NAME.test(name) && typeof value !== "boolean" && !isReference(name, value))
        .map(({ path }) => path),
      ...[...attributes, ...members(json.output, "output")]
        .filter(({ value }) => typeof value === "string" && SECRET_VALUE.test(value))
        .map(({ path }) => path),
    ];
  }

  /** The names of those into which a secret would flow. */
  const referring = (named: Record<string, Attributes>) =>
    Object.keys(named).filter((name) => SECRET_REFERENCE.test(JSON.stringify(named[name])));

  /** Outputs in which Terraform would print one. */
  const toldIn = ({ output }: TerraformJson) => referring(output).filter((name) => output[name]!.sensitive !== true);

  forAnyStack("is in no Terraform JSON, and in no output that Terraform prints, whatever the settings", (json) => {
    expect([writtenIn(json), referring(resourcesOf(json)), toldIn(json)]).toEqual([[], [], []]);
  });

  test("is in no script that a VM starts with", () => {
    const vm = only(synthesize(), "azurerm_linux_virtual_machine", "spoke1_vm");
    const script = Buffer.from(String(vm.custom_data), "base64").toString();
    expect(script).toMatch(/^#cloud-config\n/);
    expect(script).not.toMatch(new RegExp(`${SECRET_NAME.source}|${SECRET_VALUE.source}`, "i"));
  });

  // A pattern that matched nothing would find nothing.
  test("would be found", () => {
    const json = synthesize();
    const secrets = {
      administrator_login_password: "x",
      primary_shared_key: "x",
      sas: "x",
      pem: "-----BEGIN OPENSSH PRIVATE KEY-----",
      signature: "https://account.blob.example/container?sv=1&sig=abc",
      connection: "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=b",
      login: "https://user:word@example.org",
      jwt: "eyJhbGciOiJub25lIn0.eyJ9.",
    };
    Object.assign(only(json, "azurerm_container_registry"), secrets);
    const paths = Object.keys(secrets).map((name) => `azurerm_container_registry.registry.${name}`);
    expect(writtenIn(json).sort()).toEqual(paths.sort());
    const references = ["private_key_pem", "primary_shared_key", "admin_password"].map((name) => `\${a.b.${name}}`);
    references.push("${tls_private_key.TestVmKey}");
    for (const value of references) json.output[value] = { value };
    Object.assign(json.output, { kept: { value: references, sensitive: true } });
    expect(toldIn(json)).toEqual(references);
  });
});

describe("for any settings", () => {
  const all = ({ resource }: TerraformJson, type: string): [string, Attributes][] =>
    Object.entries(resource[type] ?? {});

  forAnyStack("each subnet has a security group that ends in a denial of all else, both ways", (json) => {
    const associations = all(json, "azurerm_subnet_network_security_group_association").map(([, link]) => link);
    for (const [name] of all(json, "azurerm_subnet")) {
      const links = associations.filter(({ subnet_id }) => subnet_id === `\${azurerm_subnet.${name}.id}`);
      expect(links).toHaveLength(1);
      const [, group] = /^\$\{azurerm_network_security_group\.([\w-]+)\.id\}$/.exec(
        String(links[0]!.network_security_group_id),
      )!;
      const rules = only(json, "azurerm_network_security_group", group).security_rule as Attributes[];
      const all = { source_address_prefix: "*", destination_address_prefix: "*", destination_port_range: "*" };
      const denial = { access: "Deny", priority: 4096, protocol: "*", source_port_range: "*", ...all };
      expect(rules.slice(-2)).toMatchObject([
        { ...denial, direction: "Inbound" },
        { ...denial, direction: "Outbound" },
      ]);
    }
  });

  forAnyStack(
    "only workloads have default outbound access, and none where they leave another way or not at all",
    (json, { egress, spokes }) => {
      const subnets = json.resource.azurerm_subnet ?? {};
      const open = Object.keys(subnets).filter((name) => subnets[name]!.default_outbound_access_enabled !== false);
      const created = spokes.filter((spoke) => !("existing" in spoke));
      const agents = Object.keys(subnets).filter((name) => name.endsWith("_agents-subnet"));
      const workloads = [...created.map(({ name }) => `${name}_workloads-subnet`), ...agents].sort();
      expect(open.sort()).toEqual(egress === "default" ? workloads : []);
      const routed = all(json, "azurerm_subnet_route_table_association").map(([, { subnet_id: subnet }]) => subnet);
      expect(routed.sort()).toEqual(
        typeof egress === "object" ? workloads.map((name) => `\${azurerm_subnet.${name}.id}`).sort() : [],
      );
    },
  );

  const letsInternetIn = ({ access, direction, source_address_prefix: from }: Attributes) =>
    access === "Allow" && direction === "Inbound" && ["Internet", "*", "0.0.0.0/0"].includes(String(from));

  forAnyStack(
    "nothing but the bastion lets the internet in or has a public address, and no VM has a password",
    (json) => {
      const open = all(json, "azurerm_network_security_group")
        .filter(([, { security_rule }]) => (security_rule as Attributes[]).some(letsInternetIn))
        .map(([name]) => name);
      expect(open).toEqual(json.resource.azurerm_bastion_host ? ["hub_bastion-nsg"] : []);
      const users = Object.entries(resourcesOf(json))
        .filter(([, attributes]) => JSON.stringify(attributes).includes("${azurerm_public_ip."))
        .map(([address]) => address);
      expect(users).toEqual(json.resource.azurerm_bastion_host ? ["azurerm_bastion_host.hub_bastion"] : []);
      for (const [, vm] of all(json, "azurerm_linux_virtual_machine"))
        expect(vm.disable_password_authentication).toBe(true);
    },
  );

  forAnyStack(
    "the registry is closed to all but its endpoints and who is named, and to copies by Azure's own hand",
    (json, { registry: { exports = false, trustedServices = false, publicAccess = false, existing } }) => {
      // One of others is not changed.
      if (existing?.import === false) expect(json.resource).not.toHaveProperty("azurerm_container_registry");
      else {
        const registry = only(json, "azurerm_container_registry");
        expect(registry).toMatchObject({
          public_network_access_enabled: publicAccess !== false,
          admin_enabled: false,
          anonymous_pull_enabled: false,
          export_policy_enabled: exports || publicAccess !== false,
          network_rule_bypass_option: trustedServices ? "AzureServices" : "None",
        });
        if (publicAccess !== true) expect(JSON.stringify(registry)).not.toContain('"default_action":"Allow"');
      }
    },
  );

  forAnyStack(
    "roles are to pull, push and work in repositories, on the registry alone, and one VM at most may push",
    (json, { registry: { existing, repositoryPermissions } }) => {
      const roles = all(json, "azurerm_role_assignment").map(([, role]) => role);
      const registryId = existing?.import === false ? existing.registryId : "${azurerm_container_registry.registry.id}";
      const REPOSITORY = "Container Registry Repository ";
      const perRepository = ["Reader", "Writer", "Contributor", "Catalog Lister"].map((role) => REPOSITORY + role);
      for (const { scope, role_definition_name } of roles) {
        expect(scope).toBe(registryId);
        expect(["AcrPull", "AcrPush", ...(repositoryPermissions ? perRepository : [])]).toContain(role_definition_name);
      }
      // A role in some repositories names each action that it allows: one that is left out would be allowed in all.
      for (const { condition = "", role_definition_name: role } of roles.filter(({ condition }) => condition)) {
        const actions = [...String(condition).matchAll(/ActionMatches\{'[^']+\/(\w+\/\w+)'\}/g)].map(([, one]) => one);
        const operations = String(role).endsWith("Reader") ? ["read"] : ["read", "write"];
        if (String(role).endsWith("Contributor")) operations.push("delete");
        expect(actions).toEqual(operations.flatMap((operation) => [`content/${operation}`, `metadata/${operation}`]));
      }
      const pushingVms = roles.filter(
        ({ role_definition_name: role, principal_id: who }) =>
          /Push|Writer/.test(String(role)) && String(who).includes(".identity[0].principal_id"),
      );
      expect(new Set(pushingVms.map(({ principal_id: who }) => who)).size).toBeLessThanOrEqual(1);
    },
  );
});

describe("the deployer's role", () => {
  const { Actions: actions } = JSON.parse(readProjectFile("docs", "deployer-role.json")) as { Actions: string[] };
  const stacks = everyType.map(([, settings]) => synthesize(settings));
  const typesIn = ({ resource, data }: TerraformJson) => {
    const types = [...Object.keys(resource), ...Object.keys(data).map((type) => `data.${type}`)];
    return types.filter((type) => !type.startsWith("tls_"));
  };

  test("knows every type of resource that these stacks have, and no other", () => {
    expect(Object.keys(PERMISSIONS).sort()).toEqual([...new Set(stacks.flatMap(typesIn))].sort());
  });

  forAnyStack("knows every type of resource that a stack has, whatever the settings", (json) => {
    expect(Object.keys(PERMISSIONS)).toEqual(expect.arrayContaining(typesIn(json)));
  });

  test("may do what a deployment does with each type, register the resource providers of the stack, and nothing else", () => {
    const registered = stacks.flatMap(({ provider }) =>
      provider.azurerm!.flatMap((azurerm) => azurerm.resource_providers_to_register as string[]),
    );
    const reasons = [
      ...Object.values(PERMISSIONS).flatMap(Object.keys),
      ...registered.map((name) => `${name}/register/action`),
      "Microsoft.Resources/subscriptions/providers/read",
    ];
    expect(actions).toEqual([...new Set(reasons)].sort());
  });

  test("has a part for the subscription in the documentation, which changes nothing", () => {
    const [, section = ""] = readProjectFile("docs", "security.md").split("### Scopes of resource groups");
    const named = [...section.split("\n## ")[0]!.matchAll(/^ +"(Microsoft\.\S+)",?$/gm)].map(([, action]) => action!);
    expect(named.length).toBeGreaterThan(0);
    expect(actions).toEqual(expect.arrayContaining(named));
    expect(named.filter((action) => !action.endsWith("/read"))).toEqual([]);
  });

  test("has no wildcard, and each action in the form of Azure's", () => {
    const form = /^Microsoft\.\w+(\/\w+)+\/(read|write|delete|action)$/;
    expect(actions.filter((action) => !form.test(action))).toEqual([]);
  });
});

describe("dependencies", () => {
  const { packages } = JSON.parse(readProjectFile("package-lock.json")) as {
    packages: Record<string, { license?: string }>;
  };

  test("are pinned to one version each", () => {
    const manifest = JSON.parse(readProjectFile("package.json")) as Record<string, Record<string, string>>;
    const versions = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.overrides };
    const isVersion = (text: string) => /^\d+\.\d+\.\d+(-[\w.]+)?$/.test(text);
    expect(Object.entries(versions).filter(([, version]) => !isVersion(version))).toEqual([]);
  });

  test("can all be had under a licence that asks nothing of the projects that use them", () => {
    // A package may come under a GPL, LGPL or AGPL where there is another licence to choose.
    const refused = Object.entries(packages).filter(([, { license = "" }]) =>
      license.split(" OR ").every((choice) => /GPL/i.test(choice)),
    );
    expect(refused).toEqual([]);
  });
});
