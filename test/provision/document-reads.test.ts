import assert from "node:assert/strict";
import { documentReads } from "../../providers/src/aws/document-reads";
import { literal } from "../../providers/src/aws/policy";

const KEY = "arn:aws-cn:kms:cn-north-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef";

describe("what reading a document takes", () => {
  it("is a parameter in the document's region, of the key's account and partition", () => {
    assert.deepEqual(documentReads("ssm:///desk/bots/mm-1?region=cn-northwest-1", KEY), [
      { action: "ssm:GetParameter", resource: "arn:aws-cn:ssm:cn-northwest-1:123456789012:parameter/desk/bots/mm-1" },
    ]);
  });

  it("is a parameter in the key's region, when the document names none", () => {
    const [read] = documentReads("ssm:///desk/mm-1", KEY);
    assert.equal(read?.resource, "arn:aws-cn:ssm:cn-north-1:123456789012:parameter/desk/mm-1");
  });

  it("is one object of a bucket", () => {
    assert.deepEqual(documentReads("s3://desk-documents/bots/mm-1.json?region=cn-north-1", KEY), [
      { action: "s3:GetObject", resource: "arn:aws-cn:s3:::desk-documents/bots/mm-1.json" },
    ]);
  });

  it("is the one object whose name has a character that stands for others in IAM", () => {
    const [read] = documentReads("s3://desk-documents/bots/*?region=cn-north-1", KEY);
    assert.equal(read?.resource, `arn:aws-cn:s3:::desk-documents/bots/${literal("*")}`);
  });

  it("is nothing of AWS for a file", () => {
    assert.deepEqual(documentReads("file:///var/lib/bots/mm-1.json", KEY), []);
  });
});
