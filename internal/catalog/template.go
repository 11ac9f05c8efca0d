package catalog

import (
	"misp-csirt-tooling/internal/misp"
	"misp-csirt-tooling/module"
)

// Template returns our object template, from the table of relations.
func Template() misp.Template {
	t := misp.Template{
		Attributes:    map[string]misp.TemplateAttribute{},
		Description:   module.TemplateDescription,
		MetaCategory:  module.MetaCategory,
		Name:          module.TemplateName,
		RequiredOneOf: module.RequiredOneOf,
		UUID:          module.TemplateUUID,
		Version:       module.TemplateVersion,
	}
	for _, r := range module.Relations {
		t.Attributes[r.Name] = misp.TemplateAttribute{
			Categories: r.Categories, Description: r.Says, DisableCorrelation: !r.Correlates, Type: r.Type,
			Multiple: r.Multiple, SaneDefault: r.Defaults, Priority: r.Priority, ValuesList: r.Values,
		}
	}
	return t
}
