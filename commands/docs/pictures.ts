import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pictureSvg } from "../../packages/private-link-preview/report";
import { parseSettings } from "../../src/settings/load";
import { stackInMemory } from "../synth/stack-in-memory";

const REGIONS = ["swedencentral", "switzerlandnorth", "westeurope", "eastus", "japaneast"];

const registry = (regions: number) => ({ location: REGIONS[0], replicas: REGIONS.slice(1, regions) });

/** Spokes in the first of the regions, in turn. */
const spokes = (number: number, regions: number) =>
  Array.from({ length: number }, (_, i) => ({
    name: `spoke${i + 1}`,
    location: REGIONS[i % regions],
    addressSpace: `10.${20 + i}.0.0/16`,
  }));

function example(name: string): object {
  const file = readFileSync(join(__dirname, "..", "..", "examples", name), "utf8");
  return (JSON.parse(file) as { privateRegistry: object }).privateRegistry;
}

/** The pictures in the documents by their names, each with its settings. */
export const PICTURES: Readonly<Record<string, object>> = {
  "2-spokes": {},
  "5-spokes": {
    registry: registry(3),
    hub: { endpoint: true },
    spokes: spokes(5, 3).map((spoke, i) =>
      i === 4 ? { ...spoke, dnsServers: ["10.12.0.100", "10.12.0.101"] } : spoke,
    ),
  },
  "12-spokes": { registry: { ...registry(3), regionalEndpoints: true }, spokes: spokes(12, 3) },
  "40-spokes": { registry: registry(5), spokes: spokes(40, 5) },
  "two-hubs": example("two-hubs.json"),
  mesh: { registry: registry(3), dns: "shared", spokePeering: "mesh", spokes: spokes(5, 3) },
};

/** A picture of the documents, as `npm run diagram -- --settings FILE --svg FILE` writes it. */
export function pictureFor(settings: object): string {
  return pictureSvg(stackInMemory(parseSettings(settings)).preview);
}
