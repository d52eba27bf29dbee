import { landingZone, testWithEngine } from "../support/engine";

testWithEngine(
  "an apply that was interrupted continues when it is applied again",
  { faults: { failOnce: /./ } },
  async (rehearsal) => {
    const [deploy, ...checks] = await rehearsal.deploy("deploy", landingZone(["francecentral"]));
    expect(deploy!.applies).toBeGreaterThan(3);
    // azurerm keeps a registry in the state only once its replicas are there; the first one failed.
    expect(deploy!.imports).toEqual(["azurerm_container_registry.registry"]);
    expect(checks.filter(({ passed }) => !passed)).toEqual([]);
  },
);
