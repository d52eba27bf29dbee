import { ArmError } from "./arm-error";
import type { ArmAnswer } from "./arm-request";
import { type SavedState, savedStateIn } from "./saved-state";
import type { RequestRecord } from "./request-record";
import type { Resource } from "./store";

/** An emulator, as far as it is looked at and changed by its own addresses. */
export interface Operated {
  readonly resources: readonly Resource[];
  readonly requests: readonly RequestRecord[];
  saved(): SavedState;
  /** @param state - @default - nothing */
  restore(state?: SavedState): void;
  beginOutage(region: string): void;
  endOutage(region: string): void;
}

/** The answers at the emulator's own addresses, which need no token; undefined for a request to Azure. */
export function ownAnswer(
  azure: Operated,
  { method, path }: { readonly method: string; readonly path: string },
  text: string,
): ArmAnswer | undefined {
  const [, region] = /^\/_outages\/([a-z0-9]+)$/.exec(path) ?? [];
  switch (`${method} ${region === undefined ? path : "/_outages"}`) {
    case "GET /_health":
      return { status: 200, body: { status: "healthy" } };
    case "GET /_resources":
      return { status: 200, body: azure.resources };
    case "GET /_requests":
      return { status: 200, body: azure.requests };
    case "GET /_state":
      return { status: 200, body: azure.saved() };
    case "PUT /_state":
      azure.restore(savedStateIn(text));
      return { status: 204 };
    case "DELETE /_state":
      azure.restore();
      return { status: 204 };
    case "PUT /_outages":
      azure.beginOutage(region!);
      return { status: 204 };
    case "DELETE /_outages":
      azure.endOutage(region!);
      return { status: 204 };
    default:
      if (path.startsWith("/_")) throw new ArmError(404, "NotFound", `There is no ${method} ${path}.`);
      return undefined;
  }
}
