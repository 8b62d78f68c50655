import { describeProperty } from "./property";

describeProperty(1);
