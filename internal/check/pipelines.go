package check

import "misp-csirt-tooling/internal/manifest"

// pipeline is what a CI file lets run.
type pipeline struct {
	*manifest.Pipeline
	doc *Doc
}

// pipelines reads the CI files that the check declared, in the order of the globs; those that call one another are linked.
func (v *View) pipelines() []pipeline {
	var out []pipeline
	var all []*manifest.Pipeline
	for _, d := range v.Matching(manifest.CIGlobs...) {
		if p := manifest.CI(d.Path, d.Content()); p != nil {
			out, all = append(out, pipeline{p, d}), append(all, p)
		}
	}
	manifest.Link(all)
	return out
}
