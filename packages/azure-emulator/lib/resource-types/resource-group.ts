import { RESOURCE_GROUP } from "../arm-id";
import { resourceType } from "../resource-type";

export const resourceGroup = resourceType({
  type: RESOURCE_GROUP,
  names: {
    form: /^[\w.()-]{0,89}[\w()-]$/,
    allowed: "1 to 90 letters, digits, underscores, parentheses, hyphens and dots, no dot at its end",
  },
  asynchronous: ["delete"],
  polling: () => ({ result: "/subscriptions/{subscription}/operationresults/{token}" }),
});
