import { describeCircumstances } from "./circumstances";

describeCircumstances([
  ["our clock is 60 s fast", undefined, 60, []],
  ["our clock is 60 s slow", undefined, -60, []],
]);
