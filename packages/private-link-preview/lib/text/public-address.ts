import type { PublicAccess, Service } from "../model/network-model";

const THEN: Readonly<Record<PublicAccess, string>> = {
  enabled: "",
  disabled: ", which refuses clients",
  "not known": ", which may refuse clients",
};

/** What DNS returns for a service where no private zone answers: the public address, and whether that lets clients in. */
export function publicAddress({ publicAccess }: Service): string {
  return `the public address${THEN[publicAccess]}`;
}
