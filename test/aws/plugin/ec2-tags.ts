import { CreateTagsCommand, DeleteTagsCommand, type ResourceType, type TagSpecification } from "@aws-sdk/client-ec2";
import type { Cloud, Existing, Properties } from "./served";

type Tagged = { readonly tags?: Readonly<Record<string, string>> | undefined };

/** Tags as EC2 takes them at creation. */
export function tagged(kind: ResourceType, { tags = {} }: Tagged): { TagSpecifications?: TagSpecification[] } {
  const list = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  return list.length === 0 ? {} : { TagSpecifications: [{ ResourceType: kind, Tags: list }] };
}

/** Makes the tags of something in EC2 those that are declared. */
export async function retag({ ec2 }: Cloud, was: Existing<Tagged>, { tags = {} }: Tagged): Promise<Properties> {
  const surplus = Object.keys(was.inputs.tags ?? {}).filter((key) => !(key in tags));
  const list = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  if (surplus.length > 0) await ec2.send(new DeleteTagsCommand({ Resources: [was.id], Tags: surplus.map((Key) => ({ Key })) }));
  if (list.length > 0) await ec2.send(new CreateTagsCommand({ Resources: [was.id], Tags: list }));
  return {};
}
