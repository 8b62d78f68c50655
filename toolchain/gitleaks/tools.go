//go:build tools

// Package tools names the program that the test of secrets builds, so that `go mod tidy` keeps what it needs.
package tools

import _ "github.com/zricethezav/gitleaks/v8"
