export { writeWhole } from "private-link-preview/util";
