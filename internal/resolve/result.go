package resolve

import (
	"fmt"
	"io"

	"misp-csirt-tooling/internal/repo"
)

// Result is a resolution as it is printed. Repository is the one that the value names itself; what a resolver made of the
// value stands in Chosen, which is null if there is no repository or a choice between several.
type Result struct {
	Input      string            `json:"input"`
	Type       string            `json:"type"`
	Kind       string            `json:"kind"`       // repo owner package cpe name gist site none refused
	Forge      string            `json:"forge"`      // kind of forge, for a package its ecosystem
	Repository *string           `json:"repository"` // for kind repo alone
	Revision   string            `json:"revision"`
	Subpath    string            `json:"subpath"` // for a package its name
	Chosen     *string           `json:"chosen"`
	ResolvedBy string            `json:"resolved_by"`
	Candidates []ResultCandidate `json:"candidates"`
}

// ResultCandidate is a repository that the value may mean.
type ResultCandidate struct {
	Repository string `json:"repository"`
	Name       string `json:"name"`
	Revision   string `json:"revision"`
	Source     string `json:"source"`
	Evidence   string `json:"evidence"`
}

// Result returns the resolution of an input as it is printed.
func (r Resolution) Result(attributeType, input string) Result {
	t := r.Target
	out := Result{
		Input: input, Type: attributeType, Kind: t.Meaning.String(), Forge: t.Forge, Revision: t.Revision, Subpath: t.Subpath,
		ResolvedBy: string(r.By), Candidates: []ResultCandidate{},
	}
	if t.Meaning == repo.Repository {
		s := t.Ref.String()
		out.Repository = &s
	}
	if t.Meaning == repo.Package {
		out.Revision, out.Subpath = "", t.Name // a version is no revision of a repository that is not known
	}
	if r.Chosen.Meaning == repo.Repository {
		s := r.Chosen.Ref.String()
		out.Chosen = &s
	}
	for _, c := range r.Candidates {
		out.Candidates = append(out.Candidates, ResultCandidate{c.Target.Ref.String(), c.Target.Name, c.Target.Revision, string(c.Source), c.Evidence})
	}
	return out
}

// WriteText prints the result for people.
func (r Result) WriteText(w io.Writer) error {
	_, err := fmt.Fprintf(w, "%s\n  kind        %s\n", r.Input, r.Kind)
	line := func(name, value string) {
		if err == nil && value != "" {
			_, err = fmt.Fprintf(w, "  %-11s %s\n", name, value)
		}
	}
	line("forge", r.Forge)
	if r.Repository != nil {
		line("repository", *r.Repository)
	}
	line("revision", r.Revision)
	line("subpath", r.Subpath)
	if r.Chosen != nil && (r.Repository == nil || *r.Chosen != *r.Repository) {
		line("chosen", *r.Chosen)
	}
	line("resolved by", r.ResolvedBy)
	for _, c := range r.Candidates {
		line("candidate", c.Repository+" ("+c.Source+": "+c.Evidence+")")
	}
	return err
}
