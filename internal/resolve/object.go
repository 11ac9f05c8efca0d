package resolve

import (
	"slices"

	"misp-csirt-tooling/internal/repo"
)

// Attribute is an attribute of an object of MISP.
type Attribute struct {
	Relation string
	Type     string
	Value    string
}

// step is one way to find what an object is about: the values of a relation, read as attributes of a type, or, where
// two relations make a value together, joined by a character.
type step struct {
	relation string
	with     string // second relation
	join     string // between the values of both
	as       string // attribute type
}

// templates are the objects that identify software, with their steps, best first. "vulnerability" is not among them: it is
// an attribute type too, so that MISP would send every CVE.
var templates = []struct {
	name  string
	steps []step
}{
	{"github-repo", []step{
		{relation: "link", as: "link"},
		{relation: "full-name", as: "github-repository"},
		{relation: "username", with: "name", join: "/", as: "github-repository"},
		{relation: "name", as: "text"},
	}},
	{"software", []step{
		{relation: "cpe", as: "cpe"},
		{relation: "vendor", with: "name", join: ":", as: "cpe"},
		{relation: "name", as: "text"},
	}},
	{"software-package", []step{
		{relation: "vendor", with: "name", join: ":", as: "cpe"},
		{relation: "name", as: "text"},
	}},
	{"cpe-asset", []step{
		{relation: "cpe", as: "cpe"},
		{relation: "vendor", with: "product", join: ":", as: "cpe"},
		{relation: "product", as: "text"},
	}},
	{"github-user", []step{
		{relation: "repository", as: "github-repository"},
		{relation: "link", as: "link"},
		{relation: "username", as: "github-username"},
	}},
	{"git-vuln-finder", []step{
		{relation: "origin", as: "url"},
		{relation: "origin-github-api", as: "url"},
	}},
}

// Templates lists the names of the object templates that can be resolved.
func Templates() []string {
	names := make([]string, len(templates))
	for i := range templates {
		names[i] = templates[i].name
	}
	return names
}

// TypeOf returns the attribute type as which an attribute is to be read that stands in an object: MISP has text in some
// relations whose values are names of repositories. It is the type itself where nothing better is known.
func TypeOf(template string, a Attribute) string {
	for i := range templates {
		if templates[i].name != template {
			continue
		}
		for _, s := range templates[i].steps {
			if s.relation == a.Relation && s.with == "" && s.as != "text" {
				return s.as
			}
		}
	}
	return a.Type
}

// ResolveObject finds the repository that an object is about. The first relation that leads to just one repository
// decides; several that one relation leads to are candidates, as are those of relations that leave it open.
// An object of another template means nothing. At most 100 values are read.
func (r *Resolver) ResolveObject(template string, attributes []Attribute) Resolution {
	const maxValues = 100
	attributes = attributes[:min(len(attributes), maxValues)]
	var open Resolution
	for i := range templates {
		if templates[i].name != template {
			continue
		}
		for _, s := range templates[i].steps {
			found := r.take(s, attributes)
			if found.Chosen.Meaning == repo.Repository {
				return found
			}
			if open.Target.Meaning == repo.Nothing {
				open.Target = found.Target
			}
			open.Candidates = appendNew(open.Candidates, found.Candidates)
		}
	}
	return open
}

// take resolves all values of one step.
func (r *Resolver) take(s step, attributes []Attribute) Resolution {
	var all Resolution
	var choices []Candidate
	for _, a := range attributes {
		if a.Relation != s.relation || a.Value == "" {
			continue
		}
		for _, value := range joined(s, a.Value, attributes) {
			found := r.resolveStep(s, value)
			if found.Target.Meaning == repo.Nothing {
				continue
			}
			if all.Target.Meaning == repo.Nothing {
				all.Target = found.Target
			}
			if found.Chosen.Meaning == repo.Repository {
				choices = appendNew(choices, []Candidate{{Target: found.Chosen, Source: found.By, Evidence: s.relation + " " + value}})
			}
			all.Candidates = appendNew(all.Candidates, found.Candidates)
		}
	}
	switch len(choices) {
	case 0:
	case 1:
		all.Chosen, all.By = choices[0].Target, choices[0].Source
		all.Candidates = choices
	default:
		all.Candidates = choices
	}
	return all
}

// resolveStep resolves a value; vendor:product of an object's relations is looked up as that of a CPE name.
func (r *Resolver) resolveStep(s step, value string) Resolution {
	if s.with != "" && s.as == "cpe" {
		res := r.resolve(reading{Target: repo.Target{Meaning: repo.CPE, Name: productName(value)}})
		if len(res.Candidates) == 0 {
			return Resolution{}
		}
		return res
	}
	return r.Resolve(s.as, value)
}

func joined(s step, value string, attributes []Attribute) []string {
	if s.with == "" {
		return []string{value}
	}
	for _, a := range attributes {
		if a.Relation == s.with && a.Value != "" {
			return []string{value + s.join + a.Value}
		}
	}
	return nil
}

// appendNew appends the candidates whose repositories are not listed yet.
func appendNew(list, more []Candidate) []Candidate {
	for _, c := range more {
		if !slices.ContainsFunc(list, c.Same) {
			list = append(list, c)
		}
	}
	return list
}
