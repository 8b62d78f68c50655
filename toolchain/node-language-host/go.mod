module pulumi-exchange-keys/toolchain/node-language-host

go 1.22

require github.com/pulumi/pulumi/sdk/v3 v3.68.0
