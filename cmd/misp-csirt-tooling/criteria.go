package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"misp-csirt-tooling/internal/check"
)

func (p *program) criteriaCommand() *cobra.Command {
	return p.with(&cobra.Command{
		Use:   "criteria",
		Short: "Print what is judged, and what it comes from",
		Args:  arguments(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			if p.config.format == "json" {
				return printJSON(p.stdout, criteria())
			}
			return printCriteria(p.stdout)
		},
	})
}

// criterion is a check as it is printed.
type criterion struct {
	ID       string `json:"criterion"`
	Name     string `json:"name"`
	Strength string `json:"strength"`
	Weight   int    `json:"weight"`
	Document string `json:"document"` // URL, empty for a criterion of this project's own
	Place    string `json:"place"`
	Asks     string `json:"asks"`
	Why      string `json:"why"`
	Met      string `json:"met"`
	Partial  string `json:"partial"`
	Unmet    string `json:"unmet"`
	Fix      string `json:"remediation"`
	Judged   bool   `json:"judged"` // false: not judged yet
}

func criteria() []criterion {
	var out []criterion
	for _, c := range check.All {
		out = append(out, criterion{
			c.ID, c.Name, c.Strength().String(), c.Strength().Weight(), c.Clause.Document, c.Clause.Place,
			c.Asks, c.Why, c.Met, c.Partial, c.Unmet, c.Fix, c.Judge != nil,
		})
	}
	return out
}

func printCriteria(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, c := range criteria() {
		fmt.Fprintf(w, "%s\t%s\t%s\n", c.Strength, c.ID, c.Asks)
	}
	return w.Flush()
}
