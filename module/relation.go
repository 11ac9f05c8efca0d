package module

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"misp-csirt-tooling/internal/check"
	"misp-csirt-tooling/internal/practice"
)

// What identifies our object template. The version is raised with each change of a relation.
const (
	TemplateName        = "csirt-tooling-assessment"
	TemplateUUID        = "e28af90c-a19c-412b-9649-0e27f72c9400"
	TemplateVersion     = 1
	TemplateDescription = "Assessment of a source code repository against the recommendations of 'CSIRT Tooling: Best Practices in Developing, " +
		"Maintaining and Distributing Open Source Tools' and the lessons of 'From Ruins to Resilience', aligned with the csirt-tooling taxonomy. " +
		"One criterion per relation, its reason and evidence in the comment. States which practices are visible in the repository; " +
		"it is no statement about the safety of the software."
	MetaCategory = "misc"
)

// Relation is one relation of the object. Template and objects both come from the table of relations.
type Relation struct {
	Name, Type string
	Says       string   // what it holds
	Priority   int      // MISP's template shows the highest first
	Categories []string // of the attribute, the first is ours; none means Other
	Correlates bool
	Multiple   bool
	Values     []string // the closed list
	Defaults   []string // suggestions

	// values returns what a report says; nil for relations that enrichment does not fill, because they change without a verdict.
	values func(p *page) []entry
}

// entry is the value of a relation with its comment.
type entry struct{ value, comment string }

// Categories of attributes. MISP has no "Other" for links.
const (
	otherCategory = "Other"
	linkCategory  = "External analysis"
)

// Category returns the category that our attributes of this relation have.
func (r *Relation) Category() string {
	if len(r.Categories) > 0 {
		return r.Categories[0]
	}
	return otherCategory
}

// Relations lists the relations in the order in which they stand in the object, the verdict first: MISP shows the first
// attribute as the headline.
var Relations = slices.Concat(summaries, criteria(), followUps)

var summaries = []Relation{
	{
		Name: "assessment-verdict", Type: "text", Priority: 100,
		Says:   "The verdict in one sentence: grade, score, how many musts are met, not met and undecided.",
		values: func(p *page) []entry { return one(p.verdict()) },
	},
	{
		Name: repositoryLink, Type: "link", Priority: 99, Categories: []string{linkCategory}, Correlates: true,
		Says:   "The assessed repository, canonical and clickable. Carries the csirt-tooling tags, so that a search by tag returns the repository.",
		values: func(p *page) []entry { return one(p.home()) },
	},
	{
		Name: "github-repository", Type: "github-repository", Priority: 98, Categories: []string{linkCategory, "Social network"}, Correlates: true,
		Says: "The assessed repository as owner/name, when it is on GitHub.",
		values: func(p *page) []entry {
			if p.Snapshot.Ref.Host != "github.com" {
				return nil
			}
			return one(p.path())
		},
	},
	{
		Name: "grade", Type: "text", Priority: 97, Values: []string{"exemplary", "conformant", "progressing", "initial", "undetermined"},
		Says:   "Grade, aligned with csirt-tooling:grade.",
		values: func(p *page) []entry { return one(p.Grade.String()) },
	},
	{
		Name: "practice-score", Type: "float", Priority: 96,
		Says: "Weighted share of the judged criteria that are met, 0 to 100, rounded to an integer.",
		values: func(p *page) []entry {
			if p.Score.Judged == 0 {
				return nil
			}
			return count(p.Score.Percent)
		},
	},
	{
		Name: "musts-met", Type: "counter", Priority: 95,
		Says:   "Number of must recommendations that are met.",
		values: func(p *page) []entry { return count(p.Score.Musts.Met) },
	},
	{
		Name: "musts-total", Type: "counter", Priority: 94,
		Says:   "Number of must recommendations that apply to this repository.",
		values: func(p *page) []entry { return count(p.Score.Musts.Total) },
	},
	{
		Name: "musts-unknown", Type: "counter", Priority: 93,
		Says:   "Number of must recommendations that could not be judged.",
		values: func(p *page) []entry { return count(p.Score.Musts.Unknown) },
	},
	{
		Name: "unmet-must", Type: "text", Priority: 92, Multiple: true, Defaults: mustIDs(),
		Says: "Criterion id of a must that is unmet or only partly met, one per attribute.",
		values: func(p *page) []entry {
			var out []entry
			for _, f := range p.lacking(practice.Must) {
				out = append(out, entry{value: f.Check.ID})
			}
			return out
		},
	},
	{
		Name: "spdx-license", Type: "text", Priority: 91, Multiple: true,
		Defaults: []string{"AGPL-3.0-or-later", "Apache-2.0", "BSD-3-Clause", "EUPL-1.2", "GPL-3.0-or-later", "MIT"},
		Says:     "Licence of the project as SPDX expression.",
		values: func(p *page) []entry {
			var out []entry
			for _, l := range p.licenses() {
				out = append(out, entry{value: l})
			}
			return out
		},
	},
	{
		Name: "nearest-version", Type: "text", Priority: 90,
		Says: "Newest version tag at or before the assessed commit.",
	},
	{
		Name: "assessed-commit", Type: "git-commit-id", Priority: 89, Correlates: true,
		Says: "The assessed commit (40 hexadecimal digits). For feeds and archives; enrichment names it in the comment of the object, " +
			"because a changed value would make MISP add a second object.",
	},
	{
		Name: "assessed-commit-time", Type: "datetime", Priority: 88,
		Says: "Commit time of the assessed commit. See assessed-commit.",
	},
	{
		Name: "criteria-version", Type: "text", Priority: 87,
		Says: "Version of the table of criteria that judged. See assessed-commit.",
	},
}

// firstCriterion is the priority of the first criterion; the others follow downwards.
const firstCriterion = 80

func criteria() []Relation {
	var out []Relation
	for i, c := range check.All {
		out = append(out, Relation{
			Name: c.ID, Type: "text", Priority: firstCriterion - i,
			Values: []string{check.Met.String(), check.Partial.String(), check.Unmet.String()},
			Says:   fmt.Sprintf("%s (%s) Status aligned with %s:%s.", c.Asks, c.Strength(), Namespace, c.ID),
			values: func(p *page) []entry {
				f := p.Finding(c.ID)
				if f == nil || !f.Status.Judged() {
					return nil
				}
				return []entry{{f.Status.String(), p.comment(f)}}
			},
		})
	}
	return out
}

var followUps = []Relation{
	{
		Name: "remediation", Type: "text", Priority: 40, Multiple: true,
		Says:   "What to do next for a criterion that is not met, the weightiest first.",
		values: (*page).remediations,
	},
	{
		Name: "limitation", Type: "text", Priority: 39, Multiple: true,
		Says:   "What could not be judged and why, one line per reason.",
		values: (*page).limitations,
	},
	{
		Name: "evidence-link", Type: "link", Priority: 38, Categories: []string{linkCategory}, Multiple: true,
		Says:   "A document that decided (security policy, contribution guide, licence, ...), on the default branch; the comment holds the permanent link with lines.",
		values: (*page).documents,
	},
	{
		Name: "reviewer-remark", Type: "text", Priority: 36, Multiple: true,
		Says: "Remark of an analyst who reviewed the assessment. Never written by the module.",
	},
}

// repositoryLink is the relation that carries the tags.
const repositoryLink = "repository-link"

// RequiredOneOf are the relations of which an object has at least one.
var RequiredOneOf = []string{"assessment-verdict", repositoryLink, "github-repository"}

// ours reports whether the template has a relation of this name.
func ours(relation string) bool {
	return relation != "" && slices.ContainsFunc(Relations, func(r Relation) bool { return r.Name == relation })
}

func mustIDs() []string {
	var ids []string
	for _, c := range check.All {
		if c.Strength() == practice.Must {
			ids = append(ids, c.ID)
		}
	}
	slices.SortFunc(ids, strings.Compare)
	return ids
}

// one is the entry of a value, none for an empty one.
func one(value string) []entry {
	if value == "" {
		return nil
	}
	return []entry{{value: value}}
}

func count(n int) []entry { return one(strconv.Itoa(n)) }
