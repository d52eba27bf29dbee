import { RootConstruct } from "constructs";
import type { Settings } from "../settings/schema";
import { PrivateRegistryStack } from "../stack";

/** The stack of these settings, without an app: nothing is written. */
export function stackInMemory(settings: Settings): PrivateRegistryStack {
  return new PrivateRegistryStack(new RootConstruct(), settings);
}
