import { describeProperty } from "./property";

describeProperty(0);
