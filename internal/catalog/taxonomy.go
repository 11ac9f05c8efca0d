package catalog

import (
	"strings"

	"github.com/google/uuid"

	"misp-csirt-tooling/internal/assess"
	"misp-csirt-tooling/internal/check"
	"misp-csirt-tooling/internal/misp"
	"misp-csirt-tooling/internal/practice"
	"misp-csirt-tooling/module"
)

// taxonomyVersion is raised with each change of the taxonomy.
const taxonomyVersion = 1

// grades are the values of the predicate grade, the best first.
var grades = []struct {
	grade      assess.Grade
	name, says string
	number     int // -1 for none
}{
	{assess.Exemplary, "Exemplary", "Every must and every should that applies is met.", 100},
	{assess.Conformant, "Conformant", "Every must that applies is met.", 75},
	{assess.Progressing, "Progressing", "At least half of the judged musts are met, among them an approved licence and a security contact at least in part.", 50},
	{assess.Initial, "Initial", "Fewer than half of the judged musts are met, or the licence or the security contact is missing.", 0},
	{assess.Undetermined, "Undetermined", "More than a third of the musts could not be judged.", -1},
}

// statuses are the values of a criterion's predicate.
var statuses = []struct {
	status check.Status
	name   string
	number int
	says   func(*check.Check) string
}{
	{check.Met, "Met", 100, func(c *check.Check) string { return c.Met }},
	{check.Partial, "Partly met", 50, func(c *check.Check) string { return c.Partial }},
	{check.Unmet, "Not met", 0, func(c *check.Check) string { return c.Unmet }},
}

// Taxonomy returns our taxonomy, from the table of criteria.
func Taxonomy() misp.Taxonomy {
	t := misp.Taxonomy{
		Namespace: module.Namespace,
		Expanded:  "CSIRT tooling best practices",
		Description: "Practices of open source projects that support computer security incident response teams, as recommended by " +
			"'CSIRT Tooling: Best Practices in Developing, Maintaining and Distributing Open Source Tools' (CIRCL, CSIRTs Network Tooling WG) " +
			"and 'From Ruins to Resilience'. To be set on attributes that name a repository.",
		Version: taxonomyVersion,
		UUID:    tagUUID(module.Namespace),
		Refs:    []string{practice.Paper, practice.Talk},
	}
	add := func(predicate, name, says string, entries []misp.Entry) {
		t.Predicates = append(t.Predicates, misp.Predicate{
			Value: predicate, Expanded: name, Description: says, Exclusive: true, UUID: tagUUID(module.Namespace + ":" + predicate),
		})
		for i := range entries {
			entries[i].UUID = tagUUID(module.Machinetag(predicate, entries[i].Value))
		}
		t.Values = append(t.Values, misp.Values{Predicate: predicate, Entries: entries})
	}
	var entries []misp.Entry
	for _, g := range grades {
		e := misp.Entry{Value: g.grade.String(), Expanded: g.name, Description: g.says, Colour: string(module.GradeColour(g.grade))}
		if g.number >= 0 {
			e.Number = &g.number
		}
		entries = append(entries, e)
	}
	add("grade", "Grade", "Overall grade of the repository. Says how many of the recommended practices are visible; says nothing about the safety of the software.", entries)
	for _, c := range check.All {
		var entries []misp.Entry
		for _, s := range statuses {
			entries = append(entries, misp.Entry{
				Value: s.status.String(), Expanded: s.name, Description: s.says(c), Colour: string(module.StatusColour(s.status)), Number: &s.number,
			})
		}
		add(c.ID, c.Name, c.Asks+" "+origin(c.Clause), entries)
	}
	return t
}

// origin says how firmly a criterion is asked for, and where.
func origin(c practice.Clause) string {
	kind := "A " + c.Strength.String()
	if c.Strength == practice.Own {
		kind = "A criterion of this project"
	}
	if strings.Contains(c.Place, "recommendation") {
		return kind + " of the best practices."
	}
	return kind + " from the text of the best practices or from practice."
}

// tagUUID is how misp-taxonomies derives the uuid of a tag: version 5 of its text in the namespace of DNS.
func tagUUID(tag string) string { return uuid.NewSHA1(uuid.NameSpaceDNS, []byte(tag)).String() }
