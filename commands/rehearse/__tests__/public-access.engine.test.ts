import { failed, landingZone, testWithEngine } from "../../../__tests__/support/engine";
import type { PlanReport } from "../../plan";

const REGISTRY_ID =
  "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-platform/providers/Microsoft.ContainerRegistry/registries/images";
const [OFFICE, ELSEWHERE] = ["203.0.113.7", "198.51.100.9"];
const RANGES = [OFFICE, "192.0.2.0/24"];
const CODES = ["public-access-closes", "public-clients-elsewhere", "public-access-opens"];

const settings = (azurerm: number, publicAccess: unknown, imported = true) =>
  landingZone(["switzerlandnorth"], {
    registry: {
      location: "swedencentral",
      publicAccess,
      existing: { registryId: REGISTRY_ID, import: imported },
    },
    two: null,
    more: { azurerm },
  });

const reports: PlanReport[] = [];
const onPlan = (report: PlanReport) => reports.push(report);

describe.each([4, 5])("with azurerm %i", (azurerm) => {
  const found = () => reports.at(-1)!.findings.flatMap(({ code }) => (CODES.includes(code) ? code : []));

  testWithEngine(
    "an imported registry stays open, is narrowed to ranges, closed, and opened again, and one client after another is refused",
    { onPlan },
    async (rehearsal) => {
      const { azure } = rehearsal;
      const access = () => {
        const { properties } = azure.resources.find(({ id }) => id === REGISTRY_ID)!;
        const { publicNetworkAccess, networkRuleSet, policies } = properties;
        return { publicNetworkAccess, networkRuleSet, exports: (policies as Record<string, unknown>).exportPolicy };
      };
      const pulls = () =>
        [{ network: "vnet-one" }, { address: OFFICE }, { address: ELSEWHERE }].map(
          (from) => azure.pull(REGISTRY_ID, from)!.split(":")[0],
        );
      const deploy = async (publicAccess: unknown) => {
        const steps = await rehearsal.deploy(String(publicAccess), settings(azurerm, publicAccess));
        expect(failed(steps)).toEqual([]);
        return found();
      };
      azure.put(REGISTRY_ID.split("/providers/")[0]!, { location: "swedencentral" });
      azure.put(REGISTRY_ID, { location: "swedencentral", sku: { name: "Premium" } });
      const asItWas = access();

      // Today's trap: everything in one apply.
      const [refused] = await rehearsal.deploy("close at once", settings(azurerm, false));
      expect(refused).toMatchObject({ passed: false });
      expect(reports.at(-1)!.findings[0]).toMatchObject({
        code: "public-access-closes",
        message: expect.stringContaining("vnet-hub and vnet-one would not reach it until") as string,
      });

      expect(await deploy(true)).toEqual([]);
      expect(access()).toEqual(asItWas);
      expect(pulls()).toEqual(["private by pep-one-dev-c2cd6d", "public", "public"]);
      expect(await deploy(RANGES)).toEqual(["public-clients-elsewhere"]);
      expect(pulls()).toEqual(["private by pep-one-dev-c2cd6d", "public", "refused"]);
      expect(await deploy(false)).toEqual(["public-clients-elsewhere"]);
      expect(pulls()).toEqual(["private by pep-one-dev-c2cd6d", "refused", "refused"]);
      expect(access()).toMatchObject({ publicNetworkAccess: "Disabled", exports: { status: "disabled" } });
      expect(await deploy(true)).toEqual(["public-access-opens"]);
      expect(access()).toEqual(asItWas);
    },
  );
});

testWithEngine(
  "a registry of others is open as the settings say, and a plan warns and goes on where its owner has closed it",
  { onPlan },
  async (rehearsal) => {
    const deploy = async (name: string, publicAccess: unknown) => {
      const steps = await rehearsal.deploy(name, settings(4, publicAccess, false));
      expect(failed(steps)).toEqual([]);
      return reports.at(-1)!.notices ?? [];
    };
    expect(await deploy("ranges", RANGES)).toEqual([]);
    const registry = rehearsal.azure.resources.find(({ id }) => id === REGISTRY_ID)!;
    expect(registry.properties.networkRuleSet).toMatchObject({ defaultAction: "Deny", ipRules: { length: 2 } });
    expect(await deploy("everybody", true)).toEqual([
      expect.stringMatching(
        /^A check of the configuration failed: check\.registry_public-access\. The settings say that everybody can reach the registry images over its public name\. In Azure, its public network access is Enabled, with the default action Deny and the ranges: 192\.0\.2\.0\/24, 203\.0\.113\.7\. Change/,
      ),
    ]);
  },
);
