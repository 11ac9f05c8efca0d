// Package module speaks the protocol of misp-modules: it describes modules, reads MISP's queries, and turns the report
// about a repository into an answer that MISP saves without duplicates.
package module

// Descriptor is one entry of GET /modules. MISP fails for all modules when one entry lacks a field.
type Descriptor struct {
	Name           string         `json:"name"` // [a-z0-9_]+: MISP builds the names of its settings from it
	Type           string         `json:"type"`
	MISPAttributes MISPAttributes `json:"mispattributes"`
	Meta           Meta           `json:"meta"`
}

// MISPAttributes tells MISP what a module takes and gives.
type MISPAttributes struct {
	Input  []string `json:"input"` // attribute types
	Output []string `json:"output"`
	Format string   `json:"format"`
}

// Meta is the description of a module for people, and its kinds.
type Meta struct {
	Version     string   `json:"version"`
	Author      string   `json:"author"`
	Description string   `json:"description"`
	ModuleType  []string `json:"module-type"` // expansion, hover
	Name        string   `json:"name"`
	Logo        string   `json:"logo"`
	Needs       []string `json:"requirements"`
	Features    string   `json:"features"`
	References  []string `json:"references"`
	Input       string   `json:"input"`
	Output      string   `json:"output"`
	Config      []string `json:"config"` // names of settings; a list, for MISP breaks on anything else
}
