import type { Rehearsal } from "../../src/rehearse/rehearsal";
import { landingZone, testWithEngine } from "../support/engine";

const LOCKED = { registry: { deletionProtection: true } };
const TWO = expect.stringMatching(/^privateEndpoints\/pep-two-dev-/) as string;

testWithEngine("a spoke is removed in the same apply as the lock, which is deleted first", {}, async (rehearsal) => {
  await rehearsal.deploy("deploy", landingZone([], LOCKED));
  const steps = await rehearsal.deploy("without lock and spoke", landingZone([], { two: null }));
  expect(steps.filter(({ passed }) => !passed)).toEqual([]);
  expect(deletions(rehearsal)).toEqual(["locks/registry", TWO]);
});

/** The last parts of the paths of locks and private endpoints that were deleted, in order. */
function deletions({ azure }: Rehearsal): string[] {
  return azure.requests
    .filter(({ method, path }) => method === "DELETE" && /\/(locks|privateEndpoints)\/[^/]+$/.test(path))
    .map(({ path }) => path.split("/").slice(-2).join("/"));
}
