package check

import "misp-csirt-tooling/internal/pattern"

// versionForm accepts semantic, shorter and calendar versions, with the prefixes that projects put before them.
var versionForm = pattern.New(`(?i)^(?:[a-z][a-z0-9]*[-_/ ]?` +
	`|@?[a-z0-9][a-z0-9._-]*(?:/[a-z0-9._-]+)*[-_/@])?v?\.?\d+([._-]\d+)*([._-]?(alpha|beta|rc|pre|dev|a|b|p|post|final|release|hotfix` +
	`|stable)[._-]?\d*)?([+-].*)?$`)

// IsVersion reports whether the name of a tag is that of a version: v1.2.3, 2026-07-01, r2026-07-01, tool-1.4, release/1.2, @scope/tool@1.4.
func IsVersion(tag string) bool { return versionForm.MatchString(tag) }
