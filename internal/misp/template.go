package misp

// Template is an object template, as definition.json of misp-objects holds it.
type Template struct {
	Attributes    map[string]TemplateAttribute `json:"attributes"`
	Description   string                       `json:"description"`
	MetaCategory  string                       `json:"meta-category"`
	Name          string                       `json:"name"`
	RequiredOneOf []string                     `json:"requiredOneOf,omitempty"`
	UUID          string                       `json:"uuid"`
	Version       int                          `json:"version"` // raised with each change: MISP updates only then
}

// TemplateAttribute is one relation of a template. The fields stand in the order of their names, which misp-objects wants.
type TemplateAttribute struct {
	Categories         []string `json:"categories,omitempty"`
	Description        string   `json:"description"`
	DisableCorrelation bool     `json:"disable_correlation,omitempty"`
	Type               string   `json:"misp-attribute"`
	Multiple           bool     `json:"multiple,omitempty"`
	SaneDefault        []string `json:"sane_default,omitempty"` // suggestions
	Priority           int      `json:"ui-priority"`
	ValuesList         []string `json:"values_list,omitempty"` // the closed list of values
}

// Taxonomy is a taxonomy, as machinetag.json of misp-taxonomies holds it. It has no type, so that MISP loads it for everything.
type Taxonomy struct {
	Namespace   string      `json:"namespace"`
	Expanded    string      `json:"expanded"`
	Description string      `json:"description"`
	Version     int         `json:"version"` // raised with each change: MISP updates only then
	UUID        string      `json:"uuid"`
	Refs        []string    `json:"refs,omitempty"`
	Predicates  []Predicate `json:"predicates"`
	Values      []Values    `json:"values"`
}

// Predicate is a predicate of a taxonomy.
type Predicate struct {
	Value       string `json:"value"` // without blanks and colons
	Expanded    string `json:"expanded"`
	Description string `json:"description"`
	Exclusive   bool   `json:"exclusive"` // an element carries at most one of its values
	UUID        string `json:"uuid"`
}

// Values lists the values of one predicate.
type Values struct {
	Predicate string  `json:"predicate"`
	Entries   []Entry `json:"entry"`
}

// Entry is a value of a predicate.
type Entry struct {
	Value       string `json:"value"`
	Expanded    string `json:"expanded"`
	Description string `json:"description"`
	Colour      string `json:"colour"`
	UUID        string `json:"uuid"`
	Number      *int   `json:"numerical_value,omitempty"` // 0 to 100, the best is 100; MISP stores integers
}
