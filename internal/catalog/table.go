package catalog

import (
	"fmt"
	"strings"

	"misp-csirt-tooling/internal/check"
	"misp-csirt-tooling/module"
)

// Tables returns the tables of the README that come from this room, by the names of their markers.
func Tables() map[string]string {
	return map[string]string{"criteria": criteriaTable(), "relations": relationsTable()}
}

func criteriaTable() string {
	var rows [][]string
	for _, c := range check.All {
		rows = append(rows, []string{"`" + c.ID + "`", c.Strength().String(), c.Asks})
	}
	return Table([]string{"Criterion", "Strength", "Question"}, rows)
}

func relationsTable() string {
	var rows [][]string
	for _, r := range module.Relations {
		if check.ByID(r.Name) == nil {
			rows = append(rows, []string{"`" + r.Name + "`", r.Type, r.Says})
		}
	}
	return Table([]string{"Relation", "Type", "Holds"}, rows)
}

// Table returns a Markdown table.
func Table(head []string, rows [][]string) string {
	var b strings.Builder
	line := func(cells []string) {
		b.WriteString("|")
		for _, c := range cells {
			b.WriteString(" " + strings.NewReplacer("|", `\|`, "\n", " ").Replace(c) + " |")
		}
		b.WriteString("\n")
	}
	line(head)
	rule := make([]string, len(head))
	for i := range rule {
		rule[i] = "---"
	}
	line(rule)
	for _, r := range rows {
		line(r)
	}
	return b.String()
}

// Fill returns a text with what stands between the markers <!-- table:NAME --> and <!-- /table --> replaced by the table
// of that name. Markers of other names are left alone; a marker without its end is an error.
func Fill(text string, tables map[string]string) (string, error) {
	const end = "<!-- /table -->"
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "<!-- table:")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		name, rest, opened := strings.Cut(rest, " -->\n")
		old, after, closed := strings.Cut(rest, end)
		if !opened || !closed || strings.ContainsAny(name, "\n<>") || strings.Contains(old, "<!-- table:") {
			return "", fmt.Errorf("the marker table:%.20q is not closed by %s", name, end)
		}
		if table, ok := tables[name]; ok {
			old = table
		}
		b.WriteString("<!-- table:" + name + " -->\n" + old + end)
		text = after
	}
}
