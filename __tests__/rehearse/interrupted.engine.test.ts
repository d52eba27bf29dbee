import { landingZone, testWithEngine } from "../support/engine";

testWithEngine(
  "an apply or a destroy in which everything fails once continues when it is run again",
  { faults: { failOnce: /./ } },
  async (rehearsal) => {
    const [deploy, ...checks] = await rehearsal.deploy("deploy", landingZone(["francecentral"]));
    expect(deploy!.applies).toBeGreaterThan(3);
    // azurerm keeps a registry in the state only once its replicas are there; the first one failed.
    expect(deploy!.imports).toEqual(["azurerm_container_registry.registry"]);
    expect(checks.filter(({ passed }) => !passed)).toEqual([]);
    const destroy = await rehearsal.destroy();
    expect(destroy.applies).toBeGreaterThan(3);
    expect(destroy).toMatchObject({ passed: true, outcome: "nothing left" });
  },
);
