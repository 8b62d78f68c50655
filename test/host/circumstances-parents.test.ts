import { describeCircumstances } from "./circumstances";

describeCircumstances([
  ["the parent lacks a permission", "takeParentsRight", 0, ["AuthFailed", "PermissionDenied"]],
  ["the parent's address is refused", "takeParentsAddress", 0, ["AuthFailed", "IpNotAllowed"]],
  ["the parent's key is disabled", "disableParent", 0, ["AccountBlocked", "AuthFailed"]],
  ["the parent's key has ended", "endParent", 0, ["AuthFailed", "KeyExpired"]],
]);
