import type { Json } from "../../../common/util/json";
import type { DataAnswer, DataPlane, DataRequest } from "./data-plane";
import { KeyVaultPlane } from "./key-vault";
import { StoragePlane } from "./storage";

/** The suffixes of the host names of all data planes, each of which has one label before it. */
export const DATA_SUFFIXES: readonly string[] = [new StoragePlane(), new KeyVaultPlane("")].flatMap(
  ({ suffixes }) => suffixes,
);

/** The data planes of the services that Terraform creates things in. */
export class DataPlanes {
  private readonly planes: readonly DataPlane[];

  /**
   * @param certificate - in PEM, for the vaults
   * @param exists - whether there is a resource whose id ends in a path
   */
  constructor(certificate: string, exists: (end: string) => boolean) {
    this.planes = [new StoragePlane(exists), new KeyVaultPlane(certificate)];
  }

  /** What they hold, by the first suffix of their host names. */
  public saved(): Json {
    return Object.fromEntries(this.planes.map(({ suffixes, kept }) => [suffixes[0]!, Object.fromEntries(kept)]));
  }

  /** Replaces what they hold. */
  public restore(data: Json): void {
    for (const { suffixes, kept } of this.planes) {
      kept.clear();
      for (const [key, value] of Object.entries(data[suffixes[0]!] ?? {})) kept.set(key, value as object);
    }
  }

  /** Answers a request to a service's own host name; undefined if no data plane has it. */
  public answer(request: DataRequest): DataAnswer | undefined {
    return this.planes.find(({ suffixes }) => suffixes.some((suffix) => isHost(request.host, suffix)))?.answer(request);
  }
}

/** Whether a host name is one of a data plane. */
export function isDataHost(host: string): boolean {
  return DATA_SUFFIXES.some((suffix) => isHost(host, suffix));
}

function isHost(host: string, suffix: string): boolean {
  return host.endsWith(`.${suffix}`) && !host.slice(0, -suffix.length - 1).includes(".");
}
