import { failed, landingZone, testWithEngine } from "../../../__tests__/support/engine";

const LINK = /virtualNetworkLinks/;

testWithEngine(
  "networks move to a shared zone in one apply, although their old links are deleted slowly and hold their zones longer",
  { faults: { slow: [{ pattern: LINK, seconds: 5 }], releaseLate: [{ pattern: LINK, seconds: 60 }] } },
  async (rehearsal) => {
    await rehearsal.deploy("deploy", landingZone([]));
    const before = rehearsal.azure.requests.length;
    const shared = landingZone([], { more: { dns: "shared", spokePeering: "mesh" } });
    const [change, ...checks] = await rehearsal.deploy("shared", shared);
    expect(change).toMatchObject({ passed: true, applies: 1, counts: { add: 0, change: 2, replace: 2, destroy: 6 } });
    expect(failed(checks)).toEqual([]);

    // A network can be linked to one zone of a name only, so a new link is refused until the old one is deleted.
    const writes = rehearsal.azure.requests.slice(before).filter(({ method }) => method !== "GET");
    expect(writes.filter(({ status }) => status >= 400)).toEqual([]);
    for (const spoke of ["one", "two"]) {
      const links = writes.filter(({ path }) => path.includes("virtualNetworkLinks") && path.includes(`-${spoke}-`));
      expect(links.map(({ method, path }) => `${method} in ${/rg-(\w+)/.exec(path)![1]!}`)).toEqual([
        `DELETE in ${spoke}`,
        "PUT in hub",
      ]);
    }
  },
);
