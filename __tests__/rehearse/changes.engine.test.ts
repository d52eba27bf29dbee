import { landingZone, testWithEngine } from "../support/engine";

testWithEngine(
  "a replica is added and removed, each in one apply, whatever a policy attaches to the endpoints; changes by others are found",
  { zoneGroupPolicy: true, faults: { throttleEvery: 9 } },
  async (rehearsal) => {
    const steps = [
      await rehearsal.deploy("deploy", landingZone([])),
      await rehearsal.deploy("more", landingZone(["francecentral"])),
      await rehearsal.deploy("less", landingZone([])),
    ].flat();
    expect(steps.filter(({ passed }) => !passed)).toEqual([]);
    expect(steps.flatMap(({ counts }) => counts ?? [])).toEqual([
      expect.objectContaining({ change: 0, replace: 0, destroy: 0 }),
      expect.objectContaining({ add: 3, replace: 0, destroy: 0 }),
      expect.objectContaining({ add: 0, replace: 0, destroy: 3 }),
    ]);

    const record = rehearsal.azure.resources.find(
      ({ id, name }) => name === "xyzdfdacrdev" && id.includes("/rg-one-") && id.includes("/A/"),
    )!;
    rehearsal.azure.put(record.id, { properties: { ttl: 10, aRecords: [{ ipv4Address: "192.0.2.1" }] } });
    const [plan, answers] = await rehearsal.check();
    const found = { passed: false, outcome: expect.stringContaining("192.0.2.1") as string };
    expect(plan).toMatchObject(found);
    expect(answers).toMatchObject(found);
  },
);

testWithEngine(
  "a spoke in a subscription of its own is removed once the settings name the subscription",
  {},
  async (rehearsal) => {
    const subscription = "22222222-2222-3333-4444-555555555555";
    const network = `/subscriptions/${subscription}/resourceGroups/rg-two/providers/Microsoft.Network/virtualNetworks/vnet-two`;
    const two = { existing: { virtualNetworkId: network, endpointSubnetId: `${network}/subnets/endpoints` } };
    await rehearsal.deploy("deploy", landingZone([], { two }));
    await expect(rehearsal.deploy("removed", landingZone([], { two: null }))).rejects.toThrow(
      `"formerSubscriptions": ["${subscription}"]`,
    );
    const steps = [
      ...(await rehearsal.deploy(
        "named",
        landingZone([], { two: null, more: { formerSubscriptions: [subscription] } }),
      )),
      ...(await rehearsal.deploy("done", landingZone([], { two: null }))),
    ];
    expect(steps.filter(({ passed }) => !passed)).toEqual([]);
    expect(
      rehearsal.azure.resources.filter(({ id }) => id.includes(subscription) && /privateEndpoints\/|Zones\//i.test(id)),
    ).toEqual([]);
  },
);
