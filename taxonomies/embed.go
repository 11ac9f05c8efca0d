// Package taxonomies holds the taxonomy that is published for MISP, rendered by internal/catalog.
package taxonomies

import "embed"

// FS holds NAMESPACE/machinetag.json, as misp-taxonomies lays taxonomies out.
//
//go:embed */machinetag.json
var FS embed.FS
