import { createColors } from "picocolors";
import { UserError } from "../../../packages/common/util";
import { type PlanReport, isStopped, planReport } from "..";
import { readPlan } from "../plan";
import { planText } from "../plan-text";
import { mixedSettings, settings } from "../../../__tests__/support/arbitraries";
import fc, { property } from "../../../__tests__/support/fast-check";
import { ED25519 } from "../../../__tests__/support/ssh-keys";
import { type PlanJson, type PlannedChange, SPOKE1, SPOKE2, SPOKE3, planOf, removeFrom } from "./plan-of";

const SPOKES = [SPOKE1, SPOKE2];
const PAYMENTS =
  "/subscriptions/00000000-0000-0000-0000-00000000000a/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/payments";
const EXISTING = {
  name: "payments",
  location: "westeurope",
  existing: { virtualNetworkId: PAYMENTS, endpointSubnetId: `${PAYMENTS}/subnets/endpoints` },
};
const KEY = { sshPublicKey: ED25519 };
const PRINCIPAL = "11111111-1111-1111-1111-111111111111";
const LINK = "azurerm_private_dns_zone_virtual_network_link";
const LOGIN = "azurerm_private_dns_a_record.spoke1_dns_login-server";
const ENDPOINT = "azurerm_private_endpoint.spoke1_endpoint";
const PEERING = "azurerm_virtual_network_peering.hub_peering-to-spoke1";
const CONTOSO = { registry: { namePrefix: "contoso" } };
const NO_VMS = { testVms: false };
const MANUAL = { spokes: [{ ...SPOKE1, manualApproval: true }, SPOKE2] };
const MESH = { spokePeering: "mesh" };

const reportOf = (plan: object, options: Parameters<typeof planReport>[1] = {}) =>
  planReport(readPlan(plan, "the plan"), options);
const report = (before: object | null, after: object | null) => reportOf(planOf(before, after));

const texts = ({ changes }: PlanReport) => changes.map(({ text }) => text);
const codes = ({ findings }: PlanReport) => findings.map(({ code }) => code);
const messages = ({ findings }: PlanReport) => findings.map(({ message }) => message);

/** Settings with regional endpoints. */
const regional = (registry: object = {}, more: object = {}) => ({
  ...more,
  registry: { regionalEndpoints: true, ...registry },
});
const THREE_REGIONS = { replicas: ["switzerlandnorth", "francecentral"] };
const SWEDEN_DRAINED = { drained: ["swedencentral"] };
const AZURE = "the region that Azure chooses";
/** Of the record sets of login servers, that they are updated. */
const updated = (number: string, ttl = 10) =>
  `${number} updated in place. Nothing is interrupted; clients may use the old answer for up to ${ttl} seconds.`;
const UNCHANGED = (count: number) =>
  `${count} record sets are updated in place: their addresses are (known after apply), and belong to the same private endpoints as before.`;
const ofRole = (repository: string) => ({
  ...NO_VMS,
  registry: { repositoryPermissions: [{ principalId: PRINCIPAL, role: "reader", repositories: [repository] }] },
});

describe("what changes", () => {
  test("nothing", () => {
    const nothing = report({}, {});
    expect(nothing).toMatchObject({ changes: [], findings: [], counts: { add: 0, change: 0, replace: 0, destroy: 0 } });
    expect(planText(nothing, createColors(false))).toBe(
      "No changes. The network matches the settings.\n\nAbout 277 USD a month at list prices. See docs/costs.md.",
    );
    expect(isStopped(nothing)).toBe(false);
  });

  test("the first deployment: the registry, the hub and each spoke", () => {
    const first = report(null, {});
    expect(texts(first).map((text) => text.replace(/:.*/, ""))).toEqual([
      "The registry xyzdfdacrdev is created in swedencentral with a replica in switzerlandnorth",
      "spoke1 is created in swedencentral",
      "spoke2 is created in switzerlandnorth",
      "The hub is created in northeurope",
      "The SSH key generated for the test VMs is created.",
    ]);
    expect(first.findings).toEqual([]);
  });

  test("a replica is removed: its region is served by another", () => {
    const removed = report({}, { registry: { replicas: [] } });
    expect(texts(removed)[0]).toBe(
      "The replica in switzerlandnorth is removed: 3 record sets are destroyed, and each private endpoint releases one address.",
    );
    expect(messages(removed)).toEqual([
      expect.stringMatching(
        /^The replica of xyzdfdacrdev in switzerlandnorth is removed: .* another region serves what it served, usually the pulls and pushes from vnet-spoke2-dev\.$/,
      ),
    ]);
  });

  test("a renamed spoke is destroyed and created, and the hub can't be peered with both", () => {
    const renamed = report({}, { spokes: [SPOKE1, { ...SPOKE2, name: "alps" }] });
    const starts = ["alps is created in switzerlandnorth", "spoke2 is destroyed in switzerlandnorth"];
    expect(texts(renamed).map((text) => text.split(":")[0])).toEqual(starts);
    expect(codes(renamed)).toEqual(["address-space-reused"]);
  });

  test("a replica is drained, and is used again", () => {
    const drained = { registry: { replicas: [{ location: "switzerlandnorth", routed: false }] } };
    expect(texts(report({}, drained))[0]).toMatch(/^The replica in switzerlandnorth is drained: /);
    expect(texts(report(drained, {}))[0]).toMatch(/^The replica in switzerlandnorth is in use again: /);
  });

  test("a zone for each network becomes one for all: each changes its zone, which interrupts it", () => {
    const shared = report({}, { dns: "shared", spokePeering: "mesh" });
    expect(texts(shared)).toEqual([
      "The private DNS zone of spoke1 is destroyed: 4 resources (1 DNS zone, 3 record sets).",
      "The private DNS zone of spoke2 is destroyed: 4 resources (1 DNS zone, 3 record sets).",
      "The link of vnet-spoke1-dev to spoke1_dns_zone is replaced by a link to hub_dns_zone.",
      "The link of vnet-spoke2-dev to spoke2_dns_zone is replaced by a link to hub_dns_zone.",
      "The peering of vnet-spoke1-dev and vnet-spoke2-dev is created: 2 peerings.",
      "3 record sets in hub_dns_zone are updated in place: they answer with pep-spoke1-dev and pep-spoke2-dev instead of pep-spoke1-dev.",
    ]);
    // Then what the preview finds in the network once the plan is applied.
    expect(codes(shared)).toEqual(["zone-changes", "answers-by-other-endpoint", "answers-by-other-endpoint"]);
    expect(shared.findings[0]).toEqual({
      code: "zone-changes",
      severity: "warning",
      message:
        "vnet-spoke1-dev and vnet-spoke2-dev are linked to another private DNS zone: until the old links are deleted and the new links are created, lookups of the registry fail or return public addresses, and pulls and pushes fail in them.",
      resources: ["spoke1", "spoke2"].map((spoke) => `${LINK}.${spoke}_zone-link`),
      page: "docs/plan.md#zone-changes",
    });
  });

  test.each(
    Object.entries<[before: object, after: object, texts: string | string[], codes?: string[]]>({
      "a spoke is created, and no other network changes": [
        {},
        { spokes: [...SPOKES, SPOKE3] },
        "spoke3 is created in francecentral: 20 resources (1 virtual network, 2 subnets, 1 private endpoint, 1 DNS zone, 3 record sets, 1 zone link, 2 peerings, 1 VM, 1 network interface, 2 security groups, 2 security group associations, 1 role assignment, 1 shutdown schedule, 1 resource group).",
      ],
      "a network that exists is not created: its private access is": [
        {},
        { spokes: [...SPOKES, EXISTING] },
        "The private access of payments is created in westeurope: 7 resources (1 private endpoint, 1 DNS zone, 3 record sets, 1 zone link, 1 resource group).",
        ["answer-not-known"],
      ],
      // Its successor answers before it is destroyed.
      "a spoke is destroyed: the names that its endpoint answered are answered by another": [
        {},
        { spokes: [SPOKE2] },
        [
          expect.stringMatching(/^spoke1 is destroyed in swedencentral: 21 resources /) as string,
          "The role assignment AcrPush for the test VM of spoke2 is created.",
          "3 record sets in hub_dns_zone are updated in place: they answer with pep-spoke2-dev instead of pep-spoke1-dev.",
        ],
      ],
      "a replica is added: its records, and room for one more address in each endpoint's subnet": [
        {},
        { registry: THREE_REGIONS },
        [
          "The replica in francecentral is added: 3 record sets are created, and each private endpoint takes one more address in its subnet. 2 of 2 subnets have room.",
          UNCHANGED(9),
        ],
      ],
      "spokes are peered": [{}, MESH, "The peering of vnet-spoke1-dev and vnet-spoke2-dev is created: 2 peerings."],
      "spokes are no longer peered": [
        MESH,
        {},
        "The peering of vnet-spoke1-dev and vnet-spoke2-dev is destroyed: 2 peerings.",
        ["peering-interrupted"],
      ],
      "test VMs are destroyed, with their key": [
        {},
        NO_VMS,
        "The test VMs vm-spoke1-dev and vm-spoke2-dev are destroyed: 10 resources (2 VMs, 2 network interfaces, 3 role assignments, 2 shutdown schedules, 1 SSH key).",
      ],
      "test VMs are created": [
        NO_VMS,
        { testVms: KEY },
        "The test VMs vm-spoke1-dev and vm-spoke2-dev are created: 9 resources (2 VMs, 2 network interfaces, 3 role assignments, 2 shutdown schedules).",
      ],
      "test VMs get another size": [
        { testVms: KEY },
        { testVms: { ...KEY, size: "Standard_B2s" } },
        "2 VMs are updated in place: size: Standard_B2ats_v2 → Standard_B2s.",
        ["vm-restarts", "vm-restarts"],
      ],
      "test VMs get another key": [
        { testVms: KEY },
        { testVms: true },
        [
          expect.stringMatching(
            /^The test VMs vm-spoke1-dev and vm-spoke2-dev are replaced \(admin_ssh_key.* → \(known after apply\)\): 7 resources /,
          ) as string,
          "The SSH key generated for the test VMs is created.",
        ],
        ["vm-replaced", "vm-replaced"],
      ],
      "each spoke gets a Bastion Developer in place of the hub's bastion": [
        NO_VMS,
        { ...NO_VMS, hub: { bastion: "developer" } },
        [
          "The bastion of spoke1 is created.",
          "The bastion of spoke2 is created.",
          "The bastion is destroyed: 5 resources (1 subnet, 1 bastion, 1 public address, 1 security group, 1 security group association).",
          "2 security groups are updated in place: security_rule[AllowSshFromBastion].source_address_prefix: 10.12.2.0/24 → 168.63.129.16/32.",
        ],
        ["bastion-interrupted"],
      ],
      "the bastion is destroyed, and the rule that lets it in": [
        {},
        { hub: { bastion: false } },
        [
          "The bastion is destroyed: 5 resources (1 subnet, 1 bastion, 1 public address, 1 security group, 1 security group association).",
          "2 security groups are updated in place: security_rule[AllowRegistry].priority: 110 → 100; security_rule: AllowSshFromBastion → none; security_rule[AllowWeb].priority: 120 → 110.",
        ],
        ["bastion-interrupted"],
      ],
      "an endpoint of the hub is created": [
        {},
        { hub: { endpoint: true } },
        [
          "The private endpoint of the hub is created: 4 resources (1 subnet, 1 private endpoint, 1 security group, 1 security group association).",
          "3 record sets in hub_dns_zone are updated in place: they answer with pep-hub-dev instead of pep-spoke1-dev.",
        ],
      ],
      "the endpoint of the hub is destroyed, which answered it": [
        { hub: { endpoint: true } },
        {},
        [
          "The private endpoint of the hub is destroyed: 4 resources (1 subnet, 1 private endpoint, 1 security group, 1 security group association).",
          "3 record sets in hub_dns_zone are updated in place: they answer with pep-spoke1-dev instead of pep-hub-dev.",
        ],
      ],
      "tags change everywhere, and the addresses of record sets are (known after apply)": [
        {},
        { tags: { costCentre: "12" }, releaseVersion: "v2" },
        "The tags of 38 resources are updated in place: costCentre: none → 12; version: latest → v2.",
      ],
      "the TTL": [{}, { recordTtl: 60 }, "9 record sets are updated in place: ttl: 10 → 60."],
      "who may pull, logs, lock": [
        { registry: { deletionProtection: true } },
        { registry: { diagnostics: true, pullPrincipals: [PRINCIPAL] } },
        [
          "The lock that keeps the registry from being deleted is destroyed.",
          "The diagnostic logging of the registry is created: 2 resources (1 workspace, 1 diagnostic setting).",
          "The role assignment AcrPull for 11111111-1111-1111-1111-111111111111 is created.",
        ],
        ["lock-removed"],
      ],
      "permissions for each repository": [
        NO_VMS,
        {
          testVms: false,
          registry: {
            tasksBypassNetworkRules: true,
            repositoryPermissions: [
              { principalId: PRINCIPAL, role: "writer", repositories: ["team-a/*", "base/ubuntu"] },
            ],
          },
        },
        [
          "The role assignment Container Registry Repository Writer in the repositories team-a/* and base/ubuntu for 11111111-1111-1111-1111-111111111111 is created.",
          "9 record sets are updated in place: their addresses are (known after apply), and belong to the same private endpoints as before.",
          "The registry xyzdfdacrdev is updated in place: role_assignment_mode: LegacyRegistryPermissions → AbacRepositoryPermissions; network_rule_bypass_for_tasks_enabled: false → true.",
        ],
        ["role-assignment-mode"],
      ],
      "the home region is drained": [
        {},
        { registry: { routed: false } },
        ["The home region of the registry is drained: the login server's name no longer leads there.", UNCHANGED(9)],
      ],
      "the home region is in use again": [
        { registry: { routed: false } },
        {},
        "The home region of the registry is in use again: the login server's name leads there.",
      ],
      "the repositories of a role": [
        ofRole("team-a/*"),
        ofRole("team-b/*"),
        "The role assignment Container Registry Repository Reader in the repository team-b/* for 11111111-1111-1111-1111-111111111111 is replaced (instead of in the repository team-a/*).",
      ],
      "tasks and cache rules go": [
        {
          ...NO_VMS,
          registry: {
            trustedServices: true,
            agentPool: { spoke: "spoke1" },
            cacheRules: [{ name: "dotnet", source: "mcr.microsoft.com/dotnet/*", target: "mcr/dotnet/*" }],
          },
        },
        { ...NO_VMS, registry: { trustedServices: true } },
        [
          "The agent pool of the registry is destroyed: 4 resources (1 agent pool, 1 subnet, 1 security group, 1 security group association).",
          "The cache rule dotnet is destroyed: mcr.microsoft.com/dotnet/* to mcr/dotnet/*.",
        ],
      ],
      "the address space of a spoke grows, and its subnets stay": [
        { hub: { addressSpace: "10.12.0.0/20" }, spokes: [SPOKE1, { ...SPOKE2, addressSpace: "10.11.0.0/20" }] },
        {},
        [
          "The peering of vnet-hub-dev with vnet-spoke2-dev is updated in place, to route to its address space 10.11.0.0/16 instead of 10.11.0.0/20. Nothing is interrupted.",
          "The peerings of vnet-spoke1-dev and vnet-spoke2-dev with vnet-hub-dev are updated in place, to route to its address space 10.12.0.0/16 instead of 10.12.0.0/20. Nothing is interrupted.",
          "The virtual network vnet-hub-dev is updated in place: address_space: 10.12.0.0/20 → 10.12.0.0/16.",
          "The virtual network vnet-spoke2-dev is updated in place: address_space: 10.11.0.0/20 → 10.11.0.0/16.",
        ],
      ],
      "the addresses of a spoke change": [
        {},
        { spokes: [SPOKE1, { ...SPOKE2, addressSpace: "10.99.0.0/16" }] },
        [
          "The peering of vnet-hub-dev with vnet-spoke2-dev is updated in place, to route to its address space 10.99.0.0/16 instead of 10.11.0.0/16. Nothing is interrupted.",
          "The subnet snet-spoke2-endpoints-dev is updated in place: address_prefixes: 10.11.0.0/24 → 10.99.0.0/24.",
          "The subnet snet-spoke2-workloads-dev is updated in place: address_prefixes: 10.11.1.0/24 → 10.99.1.0/24.",
          "The virtual network vnet-spoke2-dev is updated in place: address_space: 10.11.0.0/16 → 10.99.0.0/16.",
        ],
        ["address-space-moves"],
      ],
      "regional endpoints are turned on: records, addresses, and which region serves each network from then on": [
        {},
        regional(),
        [
          "The regional endpoints of the registry xyzdfdacrdev are turned on, in swedencentral and switzerlandnorth: 6 record sets are created, and each private endpoint takes 2 more addresses in its subnet. 2 of 2 subnets have room. Nothing is interrupted.",
          `The login server leads vnet-hub-dev and vnet-spoke1-dev to swedencentral instead of ${AZURE}: ${updated("2 record sets are")}`,
          `The login server leads vnet-spoke2-dev to switzerlandnorth instead of ${AZURE}: ${updated("1 record set is")}`,
          UNCHANGED(6),
        ],
      ],
      "a replica with a regional endpoint takes two addresses, and leads no network that prefers another region": [
        regional(),
        regional(THREE_REGIONS),
        [
          "The replica in francecentral is added: 6 record sets are created, and each private endpoint takes 2 more addresses in its subnet. 2 of 2 subnets have room.",
          UNCHANGED(15),
        ],
      ],
      "a region is drained": [
        regional(),
        regional(SWEDEN_DRAINED),
        `The login server leads vnet-hub-dev and vnet-spoke1-dev to switzerlandnorth instead of swedencentral: ${updated("2 record sets are")}`,
        ["served-by-other-region"],
      ],
      "a region is used again": [
        regional(SWEDEN_DRAINED),
        regional(),
        `The login server leads vnet-hub-dev and vnet-spoke1-dev to swedencentral instead of switzerlandnorth: ${updated("2 record sets are")}`,
      ],
      "servedBy of one network changes, with another TTL of its records": [
        regional({}, { recordTtl: 300 }),
        regional({}, { recordTtl: 300, spokes: [{ ...SPOKE1, servedBy: "azure" }, SPOKE2] }),
        `The login server leads vnet-spoke1-dev to ${AZURE} instead of swedencentral: ${updated("1 record set is", 300)}`,
      ],
      "a spoke is created, with the names of all regions": [
        regional({}, { spokes: SPOKES }),
        regional({}, { spokes: [...SPOKES, SPOKE3] }),
        expect.stringMatching(/^spoke3 is created in francecentral: .* 5 record sets,/) as string,
      ],
    }),
  )("%s", (_, [before, after, expected, findings = []]) => {
    const found = report(before, after);
    expect(texts(found)).toEqual([expected].flat());
    expect(codes(found)).toEqual(findings);
    expect(isStopped(found)).toBe(false);
  });

  test("a spoke that asks the hub's DNS servers from now on", () => {
    const spokes = [SPOKE1, { ...SPOKE2, dnsServers: ["10.12.0.100"] }];
    expect(messages(report({ hub: { endpoint: true } }, { hub: { endpoint: true }, spokes }))).toEqual([
      expect.stringMatching(
        /^The link of vnet-spoke2-dev to spoke2_dns_zone is destroyed: .* until its DNS servers answer, /,
      ),
    ]);
  });
});

describe("a plan that should not be applied", () => {
  test.each<[string, object, RegExp]>([
    ["another name prefix", CONTOSO, /lost: name: xyzdfdacrdev → contosoacrdev\. /],
    [
      "another home region",
      { registry: { location: "switzerlandnorth", replicas: ["swedencentral"] } },
      /lost: location: swedencentral → switzerlandnorth\. /,
    ],
    ["another environment", { environment: "prod" }, /lost: name: xyzdfdacrdev → xyzdfdacrprod; resource_group_name: /],
  ])("loses the registry: %s", (_, after, reason) => {
    const lost = report({}, after);
    expect(isStopped(lost)).toBe(true);
    const resources = ["azurerm_container_registry.registry"];
    expect(lost.findings[0]).toMatchObject({ code: "registry-lost", severity: "error", resources });
    const { message } = lost.findings[0]!;
    expect(message).toMatch(/^The registry xyzdfdacrdev is replaced, and all its images are lost: /);
    expect(message).toMatch(reason);
    expect(message).toMatch(/az acr import .* npm run deploy -- --replace-registry xyzdfdacrdev$/);
    expect(lost.changes[0]).toMatchObject({ kind: "registry", effect: "replaced" });
  });

  test("says which registry replaces the one that is lost, and what is replaced with it", () => {
    expect(texts(report({}, CONTOSO))).toEqual([
      "The registry xyzdfdacrdev is replaced by contosoacrdev in swedencentral with a replica in switzerlandnorth, and all its images are lost (name: xyzdfdacrdev → contosoacrdev): 15 resources (1 registry, 2 private endpoints, 9 record sets, 3 role assignments).",
    ]);
  });

  test("loses the registry under another Terraform address: one is destroyed, another is created", () => {
    const plan = planOf({}, {});
    const gone = changed(plan, "azurerm_container_registry.registry", { actions: ["delete"], after: null });
    const after = { ...gone.change.before, name: "otheracr" };
    const other = { actions: ["create"], before: null, after, after_unknown: {} };
    const moved = with_(plan, [
      gone,
      { ...gone, address: "azurerm_container_registry.other", name: "other", change: other },
    ]);
    expect(moved.findings[0]!.message).toMatch(
      /^The registry xyzdfdacrdev is replaced, and all its images are lost: name: xyzdfdacrdev → otheracr\. /,
    );
  });

  test.each([
    [
      "for exactly the registry that is named",
      { replaceRegistry: "xyzdfdacrdev" },
      { replaceRegistry: "contosoacrdev" },
    ],
    [
      "where its errors are ignored by their codes",
      { ignoring: { ignore: ["registry-lost"] } },
      { ignoring: { ignore: ["no-zone"] } },
    ],
  ] as const)("is let through %s", (_, right, wrong) => {
    const plan = planOf({}, CONTOSO);
    expect(isStopped(reportOf(plan, wrong))).toBe(true);
    const given = reportOf(plan, right);
    expect(isStopped(given)).toBe(false);
    expect(given.findings[0]).toMatchObject({ code: "registry-lost", severity: "error", ignored: true });
  });

  test("destroys everything", () => {
    const all = report({}, null);
    expect(isStopped(all)).toBe(true);
    expect(codes(all)).toEqual(["registry-lost"]);
    expect(texts(all)[0]).toBe(
      "The registry xyzdfdacrdev is destroyed, with all its images: 2 resources (1 registry, 1 resource group).",
    );
    expect(all.counts).toEqual({ add: 0, change: 0, replace: 0, destroy: 56 });
    expect(codes(report(regional(), null))).toEqual(["registry-lost"]);
  });

  test("adds replicas where a subnet has no room", () => {
    // Half of a /27 is for endpoints: eleven addresses, of which the endpoint has three.
    const spokes = [SPOKE1, { ...SPOKE2, addressSpace: "10.11.0.0/27" }];
    const replicas = (...more: string[]) => ({ spokes, registry: { replicas: ["switzerlandnorth", ...more] } });
    const many = ["francecentral", "norwayeast", "uksouth", "westeurope", "northeurope", "eastus", "westus"];
    expect(codes(report(replicas(), replicas(...many)))).toEqual([]);
    const plan = planOf(replicas(), replicas(...many));
    // Two other interfaces in that subnet take what would have done.
    addInterfaces(plan, 2);
    const full = reportOf(plan);
    expect(isStopped(full)).toBe(true);
    expect(full.findings[0]).toMatchObject({
      code: "no-room-for-replica",
      resources: ["azurerm_private_endpoint.spoke2_endpoint"],
      message: expect.stringMatching(
        /^The subnet snet-spoke2-endpoints-dev has 6 free addresses, and its private endpoint needs 7 more: /,
      ) as string,
    });
    expect(texts(full)[0]).toMatch(/ 1 of 2 subnets has room; snet-spoke2-endpoints-dev has no room\.$/);
  });

  test("leaves an answer wrong: a network without its link", () => {
    const plan = planOf({}, {});
    const link = `${LINK}.spoke2_zone-link`;
    removeFrom(plan, link);
    const unlinked = with_(plan, [changed(plan, link, { actions: ["delete"], after: null })]);
    expect(isStopped(unlinked)).toBe(true);
    expect(unlinked.findings).toContainEqual(expect.objectContaining({ code: "no-zone", severity: "error" }));
    expect(unlinked.findings[0]!.message).toMatch(
      /^The link of vnet-spoke2-dev to spoke2_dns_zone is destroyed: .* from then on\.$/,
    );
    expect(planText(unlinked, createColors(false))).toMatch(/\n\nerror no-zone\n/);
  });
});

test("a spoke moves to another region: all of it is replaced, and its VM's disk is lost", () => {
  const moved = report({}, { spokes: [SPOKE1, { ...SPOKE2, location: "norwayeast" }] });
  expect(texts(moved)[0]).toMatch(/^spoke2 is replaced \(location: switzerlandnorth → norwayeast\): 20 resources /);
  expect(codes(moved)).toEqual(["network-replaced"]);
  expect(moved.findings[0]!.message).toMatch(/VM vm-spoke2-dev, .* What is on the VM's disk is lost/);
  expect(isStopped(moved)).toBe(false);
});

describe("while a lock keeps the registry from being deleted", () => {
  const locked = { spokes: SPOKES, registry: { deletionProtection: true } };
  const unlocked = { registry: { deletionProtection: false } };

  test.each<[string, object, object, string, number]>([
    ["a spoke", {}, { spokes: SPOKES.slice(0, 1) }, "the private endpoint pep-spoke2-dev and 1 role assignment", 2],
    ["a replica", {}, { registry: { replicas: [] } }, "a replica in switzerlandnorth", 1],
    ["the test VMs", {}, NO_VMS, "3 role assignments", 3],
    ["a principal", { registry: { pullPrincipals: [PRINCIPAL] } }, {}, "1 role assignment", 1],
    ["the logs", { registry: { diagnostics: true } }, {}, "1 diagnostic setting", 1],
    ["an endpoint", {}, MANUAL, "the private endpoint pep-spoke1-dev", 1],
  ])("%s can't be removed or replaced, but in two steps, or with the lock", (_, before, after, what, resources) => {
    const both = (one: { registry?: object }, { registry }: { registry: object }) => {
      return { ...locked, ...one, registry: { ...one.registry, ...registry } };
    };
    const found = report(both(before, locked), both(after, locked));
    const error = found.findings.find(({ code }) => code === "locked")!;
    expect(error.message).toBe(
      `The lock on the registry also keeps from being deleted what this plan deletes: ${what}. Azure would refuse, and the apply would fail halfway. First set registry.deletionProtection to false and deploy; then make this change and deploy again.`,
    );
    expect(error.resources).toHaveLength(resources);
    expect(isStopped(found)).toBe(true);
    const together = report(both(before, locked), both(after, unlocked));
    expect(codes(together)).not.toContain("locked");
    expect(isStopped(together)).toBe(false);
  });

  test("everything can be created, and all of it destroyed", () => {
    expect(codes(report(locked, { ...locked, spokes: [...SPOKES, SPOKE3] }))).toEqual([]);
    expect(codes(report(locked, null))).toEqual(["registry-lost"]);
  });
});

describe("a replica whose zone redundancy Azure reports differently", () => {
  const replicas = (more: object = {}) => ({ registry: { replicas: [{ location: "switzerlandnorth", ...more }] } });
  const redundant = (zoneRedundancy: boolean) => replicas({ zoneRedundancy });

  test("would be replaced, which is an error, and the message says how to keep it", () => {
    const found = report(redundant(false), replicas());
    expect(codes(found)).toEqual(["replica-replaced"]);
    expect(found.findings[0]!.message).toMatch(
      /^The replica of xyzdfdacrdev in switzerlandnorth is replaced, .* from vnet-spoke2-dev\. To keep it as it is, set zoneRedundancy of that replica to false\.$/,
    );
    expect(isStopped(found)).toBe(true);
  });

  test("is kept by the setting", () => {
    expect(report(redundant(false), redundant(false)).changes).toEqual([]);
    expect(report(replicas(), redundant(true)).changes).toEqual([]);
  });
});

describe("a private endpoint that is replaced while it exists", () => {
  test("by one of another name breaks off what is using it", () => {
    const found = report({}, MANUAL);
    expect(codes(found)).toEqual(["endpoint-interrupted", "manual-approval"]);
    expect(found.findings[0]!.message).toMatch(
      /^The private endpoint pep-spoke1-dev is replaced \(.*is_manual_connection: false → true.*\): it is deleted once DNS returns the addresses of the new one, .* in vnet-hub-dev and vnet-spoke1-dev then break off\. The new one carries no traffic until the registry's owner approves its connection\.$/,
    );
    expect(isStopped(found)).toBe(false);
    expect(messages(report(MANUAL, {}))).toEqual([expect.stringMatching(/break off\.$/)]);
  });

  test("by one of the same name is refused by Azure, and the message says how to do it", () => {
    const plan = planOf({}, {});
    const tainted = taintedIn(plan, ENDPOINT, ["create", "delete"]);
    const { change } = tainted;
    const found = with_(plan, [tainted]);
    expect(codes(found)).toEqual(["endpoint-name-taken"]);
    expect(found.findings[0]!.message).toMatch(
      /^The private endpoint pep-spoke1-dev is replaced \(it is tainted\) by pep-spoke1-dev, which is created first: .* destroy -target=azurerm_private_endpoint\.spoke1_endpoint$/,
    );
    expect(isStopped(found)).toBe(true);
    // As is one that an interrupted replacement has left behind.
    const undone = planOf(MANUAL, {});
    const left = deposedIn(plan, ENDPOINT);
    expect(codes(with_(undone, [...undone.resource_changes, left]))).toEqual(["endpoint-name-taken", "deposed-object"]);
    // In another resource group the name is free.
    const moved = { ...tainted, change: { ...change, after: { ...change.before, resource_group_name: "rg" } } };
    expect(codes(with_(plan, [moved]))).toEqual(["endpoint-interrupted"]);
  });
});

describe("what is lost, refused or interrupted", () => {
  test.each(
    Object.entries<[string, string, RegExp]>({
      "an endpoint": [
        ENDPOINT,
        "endpoint-interrupted",
        /^The private endpoint pep-spoke1-dev is replaced .* in vnet-hub-dev and vnet-spoke1-dev\.$/,
      ],
      "a zone link": [
        `${LINK}.spoke1_zone-link`,
        "zone-interrupted",
        /^The link of vnet-spoke1-dev to spoke1_dns_zone is replaced /,
      ],
      "a zone": [
        "azurerm_private_dns_zone.spoke1_dns_zone",
        "zone-interrupted",
        /^The private DNS zone spoke1_dns_zone is replaced .* in vnet-spoke1-dev\.$/,
      ],
      "a record set": [
        LOGIN,
        "record-interrupted",
        /^The record set xyzdfdacrdev in spoke1_dns_zone is replaced .* in vnet-spoke1-dev\.$/,
      ],
      "a subnet": [
        "azurerm_subnet.spoke1_endpoints-subnet",
        "subnet-replaced",
        /^The subnet snet-spoke1-endpoints-dev is replaced /,
      ],
      "a peering": [PEERING, "peering-interrupted", /^The peering of vnet-hub-dev and vnet-spoke1-dev is replaced /],
      "a VM": ["azurerm_linux_virtual_machine.spoke1_vm", "vm-replaced", /^The VM vm-spoke1-dev is replaced /],
      "a bastion": ["azurerm_bastion_host.hub_bastion", "bastion-interrupted", /^The bastion bas-hub-dev is replaced /],
      "a lock": ["azurerm_management_lock.registry_lock", "lock-removed", /^The lock is replaced: /],
    }),
  )("%s that is replaced", (_, [address, code, message]) => {
    const settings = { registry: { deletionProtection: code === "lock-removed" } };
    const plan = planOf(settings, settings);
    const found = with_(plan, [taintedIn(plan, address, ["delete", "create"])]);
    expect(codes(found)).toEqual([code]);
    expect(found.findings[0]!.message).toMatch(message);
    expect(found.findings[0]!.resources).toEqual([address]);
    if (code !== "lock-removed") expect(found.findings[0]!.message).toContain("(it is tainted)");
    expect(isStopped(found)).toBe(false);
  });

  test("what an interrupted replacement left behind", () => {
    const plan = planOf({}, {});
    const nic = "azurerm_network_interface.spoke1_vm_nic";
    const left = with_(plan, [deposedIn(plan, nic)]);
    expect(left.changes).toEqual([
      expect.objectContaining({ kind: "other", resources: [`${nic} (deposed object 0a1b2c3d)`] }),
    ]);
    expect(codes(left)).toEqual(["deposed-object"]);
    expect(left.counts.destroy).toBe(1);
  });

  test("what was changed outside of this project, if the plan changes it back or creates it again", () => {
    const plan = planOf({}, {});
    const ours = changeOf(plan, LOGIN).change.before;
    const theirs = { ...ours, ttl: 5 };
    // A policy's doing, which is ignored: nothing is planned for it.
    const ofPolicy = { ...changeOf(plan, ENDPOINT).change.before, private_dns_zone_group: [{ name: "policy" }] };
    const resource_drift = [
      changed(plan, LOGIN, { actions: ["update"], after: theirs }),
      changed(plan, PEERING, { actions: ["delete"], after: null }),
      changed(plan, ENDPOINT, { actions: ["update"], after: ofPolicy }),
    ];
    const found = with_({ ...plan, resource_drift }, [
      changed(plan, LOGIN, { actions: ["update"], before: theirs, after: ours }),
      changed(plan, PEERING, { actions: ["create"], before: null }),
    ]);
    expect(messages(found)).toEqual([
      "The record set xyzdfdacrdev was changed outside of this project (ttl: 10 → 5), and is changed back.",
      "The peering peer-hub-to-spoke1-dev was deleted outside of this project, and is created again.",
    ]);
  });

  test("what a provider only reads back, and is (known after apply) in a resource that is replaced, is nobody's change", () => {
    const spokes = [SPOKE1, { ...SPOKE2, location: "norwayeast" }];
    const plan = planOf({}, { spokes });
    const network = "azurerm_virtual_network.spoke2_network";
    const { before, after_unknown } = changeOf(plan, network).change;
    const read = { ...before, subnet: [{ name: "endpoints" }] };
    const resource_drift = [changed(plan, network, { actions: ["update"], after: read })];
    const unknown = { before: read, after_unknown: { ...after_unknown, subnet: true } };
    const found = with_({ ...plan, resource_drift }, [changed(plan, network, unknown)]);
    expect(codes(found)).not.toContain("changed-by-others");
  });

  test("what differs in a resource that is destroyed is not changed back", () => {
    const plan = planOf({}, {});
    const zone = "azurerm_private_dns_zone.spoke2_dns_zone";
    const theirs = { ...changeOf(plan, zone).change.before, number_of_record_sets: 4 };
    const resource_drift = [changed(plan, zone, { actions: ["update"], after: theirs })];
    const destroyed = changed(plan, zone, { actions: ["delete"], before: theirs, after: null });
    expect(codes(with_({ ...plan, resource_drift }, [destroyed]))).not.toContain("changed-by-others");
  });
});

describe("nothing is dropped", () => {
  const anySettings = fc.oneof(settings, mixedSettings);
  /** Addresses of what a plan changes, each once. */
  const changing = ({ resource_changes: changes }: PlanJson) =>
    changes
      .filter(({ mode, change }) => mode === "managed" && change.actions[0] !== "no-op")
      .map(({ address }) => address)
      .sort();
  const told = ({ changes }: PlanReport) => changes.flatMap(({ resources }) => resources).sort();
  const sum = ({ counts: { add, change, replace, destroy } }: PlanReport) => add + change + replace + destroy;

  property(
    "from any settings to any others, every resource is in one change and in one only",
    8,
    fc.property(fc.option(anySettings), fc.option(anySettings), (before, after) => {
      const plan = planOf(before, after);
      const found = reportOf(plan);
      expect(told(found)).toEqual(changing(plan));
      expect(sum(found)).toBe(changing(plan).length);
      expect(texts(found).join()).not.toMatch(/undefined|\[object/);
      expect(
        planText(found, createColors(false))
          .split("\n")
          // Ids and Terraform addresses are not broken, so that they can be copied.
          .filter((line) => line.length > 100 && !/^ {2}- \S+$/.test(line)),
      ).toEqual([]);
    }),
  );

  test("in a plan of somebody else, of which no logical id is known", () => {
    const plan = planOf({}, { dns: "shared", spokePeering: "mesh", hub: { bastion: false }, recordTtl: 60 });
    const foreign = JSON.parse(
      JSON.stringify(plan)
        .replace(/\b(azurerm_\w+|azapi_resource|tls_private_key)\.(\w+?)_/g, "$1.x-$2-")
        .replace(/"name":"(hub|spoke1|spoke2|registry)_/g, '"name":"x-$1-'),
    ) as PlanJson;
    const found = planReport(readPlan(foreign, "the plan"));
    expect(told(found)).toEqual(changing(foreign));
    expect(texts(found)).toContain("The peering of vnet-spoke1-dev and vnet-spoke2-dev is created: 2 peerings.");
  });

  test("what Terraform only forgets, or imports", () => {
    const plan = planOf({}, {});
    const found = with_(plan, [
      changed(plan, "azurerm_subnet.spoke1_endpoints-subnet", { actions: ["forget"], after: null }),
      changed(plan, "azurerm_subnet.spoke1_workloads-subnet", { importing: { id: "x" } }),
    ]);
    expect(texts(found)).toEqual([
      "1 other resource is no longer managed by Terraform, and not destroyed: azurerm_subnet.spoke1_endpoints-subnet.",
      "1 other resource is imported into the state: azurerm_subnet.spoke1_workloads-subnet.",
    ]);
  });
});

describe("regional endpoints", () => {
  test("both at once are two changes, each with its own record sets", () => {
    const both = report({}, regional(THREE_REGIONS));
    expect(texts(both).slice(0, 2)).toEqual([
      expect.stringMatching(
        /^The regional endpoints .* 6 record sets are created, and each private endpoint takes 3 more /,
      ),
      expect.stringMatching(
        /^The replica in francecentral is added: 6 record sets are created, and each .* takes 2 more /,
      ),
    ]);
  });

  test("a region that names lead to is not removed: the plan says the two steps", () => {
    const removed = report(regional(), regional({ replicas: [] }));
    expect(isStopped(removed)).toBe(true);
    expect(codes(removed)).toEqual(["region-in-use", "replica-removed"]);
    expect(removed.findings[0]!.message).toBe(
      "The replica of xyzdfdacrdev in switzerlandnorth is removed while the login server leads vnet-spoke2-dev there: pulls and pushes would fail until DNS returns another address, and clients have forgotten the old one. First add switzerlandnorth to registry.drained and deploy. Then remove it from registry.replicas and from registry.drained, and deploy again.",
    );
    expect(texts(removed)).toContain(
      `The login server leads vnet-spoke2-dev to ${AZURE} instead of switzerlandnorth: 1 record set is updated in place. Clients may use the old answer for up to 10 seconds.`,
    );

    const first = report(regional(), regional({ drained: ["switzerlandnorth"] }));
    expect(isStopped(first)).toBe(false);
    const second = report(regional({ drained: ["switzerlandnorth"] }), regional({ replicas: [] }));
    expect(isStopped(second)).toBe(false);
    expect(codes(second)).toEqual(["replica-removed"]);
    expect(second.findings[0]!.message).toMatch(/another region serves what it served\.$/);
  });

  test("they are not turned off while names lead to them: the plan says the two steps", () => {
    const off = report(regional(), {});
    expect(isStopped(off)).toBe(true);
    expect(codes(off)).toEqual(["regional-endpoints-in-use"]);
    expect(off.findings[0]!.message).toBe(
      'The regional endpoints are turned off while the login server leads vnet-hub-dev, vnet-spoke1-dev and vnet-spoke2-dev to them: pulls and pushes would fail until clients have forgotten the old address. First drain every region and deploy: "regionalEndpoints": true, "drained": ["swedencentral","switzerlandnorth"]. Azure then chooses which region serves. Then set regionalEndpoints to false and drained to [], and deploy again.',
    );

    const drained = regional({ drained: ["swedencentral", "switzerlandnorth"] });
    const first = report(regional(), drained);
    expect(isStopped(first)).toBe(false);
    const second = report(drained, {});
    expect(second.findings).toEqual([]);
    expect(texts(second)).toEqual([
      "The regional endpoints of the registry xyzdfdacrdev are turned off: 6 record sets are destroyed, and each private endpoint releases 2 addresses.",
    ]);
  });

  test("a subnet without room for them is an error before Azure refuses it", () => {
    // Half of a /27 is for endpoints: eleven addresses. Two foreign ones and four names leave five, and three are needed.
    const spokes = [SPOKE1, { ...SPOKE2, addressSpace: "10.11.0.0/27" }];
    const plan = planOf({ spokes, registry: THREE_REGIONS }, regional(THREE_REGIONS, { spokes }));
    addInterfaces(plan, 5);
    const full = reportOf(plan);
    expect(full.findings[0]).toMatchObject({
      code: "no-room-for-replica",
      message:
        "The subnet snet-spoke2-endpoints-dev has 2 free addresses, and its private endpoint needs 3 more: Azure would refuse the regional endpoints and roll them back. Give the endpoint a larger subnet: in an existing network with existing.endpointSubnetId; a spoke that is created here has to be removed, and added again with a larger address space. Or leave registry.regionalEndpoints false.",
    });
  });
});

test("a resource that is imported and updated shows every attribute that changes", () => {
  const plan = planOf({}, {});
  const many = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`attribute${i}`, i]));
  const change = { actions: ["update"], after: many, importing: { id: "x" } };
  const found = with_(plan, [changed(plan, "azurerm_container_registry.registry", change)]);
  const [text = ""] = texts(found);
  expect(text).toMatch(/^The registry xyzdfdacrdev is updated in place after it is imported: /);
  for (const attribute of Object.keys(many)) expect(text).toContain(`${attribute}: none → `);
});

test.each<[string, unknown, string | undefined]>([
  ["has no endpoint", [], "The registry images gets its first private endpoint."],
  ["has no endpoint, as Azure writes it", null, "The registry images gets its first private endpoint."],
  ["has endpoints of others", ["id"], undefined],
])(
  "an existing registry that %s: what its first endpoint changes for other clients",
  (_, endpointConnections, says) => {
    const registryId = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/images";
    const existing = { registryId: registryId.replace("/s/", "/00000000-0000-0000-0000-000000000001/") };
    const plan = planOf(null, { registry: { location: "swedencentral", existing }, testVms: false });
    const values = {
      type: "Microsoft.ContainerRegistry/registries@2023-07-01",
      name: "images",
      output: { endpointConnections },
    };
    const [address, name] = ["data.azapi_resource.registry_registry", "registry_registry"];
    plan.prior_state.values.root_module.resources.push({ address, mode: "data", type: "azapi_resource", name, values });
    const found = reportOf(plan).findings.filter(({ code }) => code === "first-private-endpoint");
    expect(found.map(({ message }) => message)).toEqual(says === undefined ? [] : [expect.stringContaining(says)]);
  },
);

test.each([
  ["open over its public name", true, ["first-private-endpoint"]],
  ["closed", false, []],
])("a registry of an earlier apply that is %s gets its first private endpoint", (_, publicAccess, expected) => {
  const registry = { publicAccess };
  const plan = planOf({ registry }, { registry });
  const isEndpoint = ({ type }: { readonly type: string }) => type === "azurerm_private_endpoint";
  const module = plan.prior_state.values.root_module;
  Object.assign(module, { resources: module.resources.filter((one) => !isEndpoint(one)) });
  for (const change of plan.resource_changes.filter(isEndpoint))
    Object.assign(change.change, { actions: ["create"], before: null });

  expect(codes(reportOf(plan)).filter((code) => code === "first-private-endpoint")).toEqual(expected);
});

test.each([
  ["create", 1],
  ["update", 1],
  ["no-op", 0],
  ["delete", 0],
])("records of others that have the action %s have to be handed over: %d warning", (action, warnings) => {
  const output_changes = { dns_records: { actions: [action], before: null, after: [] } };
  const found = codes(reportOf({ ...planOf({}, {}), output_changes }));
  expect(found.filter((code) => code === "records-of-others-change")).toHaveLength(warnings);
});

test.each([[{}], [{ values: {}, format_version: "1.0" }], [[]], [null]])("%j is no plan, and that is said", (json) => {
  expect(() => readPlan(json, "x.json")).toThrow(
    new UserError("x.json is not a plan. Give the output of: terraform show -json PLANFILE"),
  );
});

/** The report of a plan with other changes. */
function with_(plan: PlanJson, changes: PlannedChange[]): PlanReport {
  return reportOf({ ...plan, resource_changes: changes });
}

const changeOf = (plan: PlanJson, address: string) => plan.resource_changes.find((one) => one.address === address)!;

/** The change of a resource, with other members. */
function changed(plan: PlanJson, address: string, change: Partial<PlannedChange["change"]>): PlannedChange {
  const found = changeOf(plan, address);
  return { ...found, change: { ...found.change, ...change } };
}

/** The replacement of a resource by one that is the same. */
const taintedIn = (plan: PlanJson, address: string, actions: string[]) => ({
  ...changed(plan, address, { actions, after: changeOf(plan, address).change.before }),
  action_reason: "replace_because_tainted",
});

/** What an interrupted replacement of a resource has left behind. */
const deposedIn = (plan: PlanJson, address: string) => ({
  ...changed(plan, address, { actions: ["delete"], after: null }),
  deposed: "0a1b2c3d",
});

/** Adds network interfaces of others to what is there in the subnet of spoke2's endpoint. */
function addInterfaces({ prior_state: { values } }: PlanJson, number: number): void {
  const { resources } = values.root_module;
  const subnet = resources.find(({ address }) => address === "azurerm_subnet.spoke2_endpoints-subnet")!;
  const type = "azurerm_network_interface";
  for (let n = 0; n < number; n++)
    resources.push({
      address: `${type}.foreign${n}`,
      mode: "managed",
      type,
      name: `foreign${n}`,
      values: { ip_configuration: [{ subnet_id: subnet.values.id }] },
    });
}
