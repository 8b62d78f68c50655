import * as pulumi from "@pulumi/pulumi";
import { nameOf } from "../spread";

const config = new pulumi.Config("bench");

/** Of as many resources as `bench:count` says. */
export const names: readonly string[] = Array.from({ length: config.requireNumber("count") }, (_, index) => nameOf(index));

/** Another one than before is a rotation of all. */
export const trigger = config.require("trigger");
