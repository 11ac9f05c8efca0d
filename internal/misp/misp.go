// Package misp is MISP's data model as far as this service sends it: objects with their attributes, tags and references,
// object templates, and taxonomies. The JSON names are MISP's own.
package misp

import "github.com/google/uuid"

// Inherit is the distribution of the event that an element stands in. Left out, MISP stores "your organisation only".
const Inherit = "5"

// Object is a MISP object of an enrichment answer. It has no id: with one MISP would change a stored object instead.
type Object struct {
	UUID            string      `json:"uuid"`
	Name            string      `json:"name"`
	MetaCategory    string      `json:"meta-category"`
	Description     string      `json:"description"` // not empty: MISP drops the object else
	TemplateUUID    string      `json:"template_uuid"`
	TemplateVersion string      `json:"template_version"`
	Distribution    string      `json:"distribution"`
	Comment         string      `json:"comment,omitempty"`
	FirstSeen       string      `json:"first_seen,omitempty"` // as FirstSeen formats it
	Attributes      []Attribute `json:"Attribute"`
	References      []Reference `json:"ObjectReference,omitempty"`
}

// Attribute is one attribute of an object. MISP takes nothing from the template, so that each one carries all it needs.
type Attribute struct {
	UUID               string `json:"uuid"`
	Relation           string `json:"object_relation,omitempty"`
	Type               string `json:"type"`
	Category           string `json:"category"`
	Value              string `json:"value"` // in MISP's stored form: MISP recognises an object by its values
	ToIDS              bool   `json:"to_ids"`
	DisableCorrelation bool   `json:"disable_correlation"`
	Distribution       string `json:"distribution"`
	Comment            string `json:"comment"`
	Tags               []Tag  `json:"Tag,omitempty"`
}

// Tag is a tag of an attribute; MISP has none on objects.
type Tag struct {
	Name   string `json:"name"`   // namespace:predicate="value", at most 255 characters
	Colour string `json:"colour"` // #RRGGBB: MISP's preview fails on anything else
}

// Reference is a relationship from an object to an element of the same event.
type Reference struct {
	ObjectUUID     string `json:"object_uuid"`
	ReferencedUUID string `json:"referenced_uuid"`
	Relationship   string `json:"relationship_type"`
}

// NewUUID returns a random UUID of version 4. MISP wants uuids to be unique in the instance and accepts no version above 5.
func NewUUID() string { return uuid.NewString() }

// IsUUID reports whether s is a UUID as MISP spells it.
func IsUUID(s string) bool { return len(s) == 36 && uuid.Validate(s) == nil }
