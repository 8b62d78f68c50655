import { describeCircumstances } from "./circumstances";

describeCircumstances([
  ["the sub-account is frozen", "freeze", 0, ["AccountBlocked"]],
  // Keys of others, where a sub-account is declared exclusive.
  ["the sub-account is full", "fillUp", 0, ["Conflict", "LimitReached"]],
  ["a key is disabled", "disableKey", 0, ["AccountBlocked"]],
  ["a key has ended before its time", "endKey", 0, []],
]);
