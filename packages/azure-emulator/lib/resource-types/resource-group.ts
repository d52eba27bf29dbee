import { RESOURCE_GROUP } from "../arm-id";
import { kind } from "../resource-type";

export const resourceGroup = kind({
  type: RESOURCE_GROUP,
  names: {
    form: /^[\w.()-]{0,89}[\w()-]$/,
    allowed: "1 to 90 letters, digits, underscores, parentheses, hyphens and dots, no dot at its end",
  },
  location: "region",
});
