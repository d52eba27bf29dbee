import { landingZone, testWithEngine } from "../support/engine";

testWithEngine("records answer with another endpoint before theirs is removed", {}, async (rehearsal) => {
  await rehearsal.deploy("deploy", landingZone([], { hubEndpoint: true }));
  const before = rehearsal.azure.requests.length;
  const steps = await rehearsal.deploy("without the hub's endpoint", landingZone([]));
  expect(steps.filter(({ passed }) => !passed)).toEqual([]);

  const requests = rehearsal.azure.requests.slice(before);
  const removal = requests.findIndex(({ method, path }) => method === "DELETE" && /\/pep-hub-dev-[^/]+$/.test(path));
  const updates = requests.flatMap(({ method, path }, i) =>
    method === "PUT" && /\/rg-hub-[^/]+\/.*\/A\//.test(path) ? [i] : [],
  );
  expect(updates).toHaveLength(2);
  expect(Math.max(...updates)).toBeLessThan(removal);
});
