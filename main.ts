import { App } from "cdktf";
import { loadSettings } from "./src/settings/load";
import { PrivateRegistryStack } from "./src/stack";

const { settings } = loadSettings(process.cwd(), process.env);
const app = new App({ stackTraces: false });
new PrivateRegistryStack(app, settings);
app.synth();
