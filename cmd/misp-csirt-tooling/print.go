package main

import (
	"encoding/json"
	"fmt"
	"io"

	"misp-csirt-tooling/internal/assess"
	"misp-csirt-tooling/internal/misp"
	"misp-csirt-tooling/internal/repo"
	"misp-csirt-tooling/module"
)

// print prints reports as --format says. Several come as a list where the form is JSON, even if only one is left of them.
func (p *program) print(hosts *repo.Hosts, reports []*assess.Report, several bool) error {
	switch p.config.format {
	case "json":
		return printAll(p.stdout, reports, several, func(r *assess.Report) any { return newReportJSON(hosts, r) })
	case "misp":
		tags, err := module.ParseTags(p.config.tags)
		if err != nil {
			return usage(err)
		}
		renderer := module.Renderer{Hosts: hosts, Tags: tags, Operator: p.config.operator}
		return printAll(p.stdout, reports, several, func(r *assess.Report) any {
			return module.Answer{Results: module.Results{Objects: []misp.Object{renderer.Object(r, "")}}}
		})
	}
	for i, r := range reports {
		if i > 0 {
			fmt.Fprintln(p.stdout)
		}
		printText(p.stdout, r)
	}
	return nil
}

func printAll(out io.Writer, reports []*assess.Report, several bool, form func(*assess.Report) any) error {
	all := []any{}
	for _, r := range reports {
		all = append(all, form(r))
	}
	switch {
	case several:
		return printJSON(out, all)
	case len(all) == 1:
		return printJSON(out, all[0])
	}
	return nil
}

func printJSON(out io.Writer, v any) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}
