// Package objects holds the object template that is published for MISP, rendered by internal/catalog.
package objects

import "embed"

// FS holds NAME/definition.json, as misp-objects lays templates out.
//
//go:embed */definition.json
var FS embed.FS
