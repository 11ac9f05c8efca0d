// Package check judges a snapshot of a repository. A check is data plus one pure function: it says which evidence it
// needs, the collector fetches just that, and the function turns it into a finding, without I/O and without a clock.
// Each criterion is one file, named after its id, with its cases in testdata/<id>/*.txtar; table.go lists them all.
package check

import (
	"cmp"
	"errors"
	"fmt"

	"misp-csirt-tooling/internal/pattern"
	"misp-csirt-tooling/internal/practice"
	"misp-csirt-tooling/internal/repo"
)

// Version is the version of the table of criteria. It is raised when a verdict can change for the same repository.
const Version = "1"

// Check is one criterion. Its documentation is data: the taxonomy, the object template, the README and the help are
// rendered from it. A check is immutable.
type Check struct {
	// ID names the criterion everywhere: file, machine tag, object relation, metric label. It is never renamed.
	ID string
	// Name is the title, Short the name within a sentence.
	Name, Short string
	// Asks is a question that is answered by yes when things are good.
	Asks string
	// Clause is what the criterion comes from; it sets the strength.
	Clause practice.Clause
	// Why says in one sentence what a CSIRT gains from the practice.
	Why string
	// Fix is an imperative sentence: what to add where.
	Fix string
	// Met, Partial and Unmet say what these statuses mean here.
	Met, Partial, Unmet string

	// Needs are the facts without which nothing can be said, Uses those that help. No others are handed over.
	Needs, Uses repo.Kind
	// Reads are globs (case ignored, ** for any depth, {a,b} for alternatives) of the files whose content is judged,
	// the most telling first. At most perGlob files of a glob are read, the shallowest first.
	Reads []string
	// Follow are globs of the files that are read too when one that is read points to them.
	Follow []string
	// Lists are globs of the files whose presence alone counts: their content is not fetched.
	Lists []string
	// Inherits are the kinds of community files that the owner's defaults supply where the repository has none. Of these files
	// those that Reads match are handed over, marked as inherited.
	Inherits []repo.Community
	// Judge turns the evidence into a finding. It is pure. A criterion without it is not judged yet.
	Judge func(*View) Finding
}

// Strength is how firmly the documents ask for the practice.
func (c *Check) Strength() practice.Strength { return c.Clause.Strength }

// Finding is the verdict of one check.
type Finding struct {
	Check    *Check
	Status   Status
	Reason   string     // why, in one sentence without a final stop; no ages, so that it stays true
	Evidence []Evidence // what decided; for an absence, what was read
	Licenses []string   // license-approved only: SPDX expressions of the project's licences
	Fix      string     // what to do where the check's own advice asks for what is there already, else empty
}

// Remediation returns what to do, empty where nothing is to be done.
func (f *Finding) Remediation() string {
	if f.Status == Unmet || f.Status == Partial {
		return cmp.Or(f.Fix, f.Check.Fix)
	}
	return ""
}

// Evidence is a place that a person can open: at most one of Path, Tag, Commit and URL is set.
type Evidence struct {
	Path      string // file in the tree, empty if git itself is the evidence
	Line, End int    // first and last line, counted from 1; 0 for the file as a whole
	Inherited bool   // Path stands in the repository of the owner's defaults (Snapshot.Inherited), not in this one
	Tag       string // name of a tag
	Commit    string // object id of a commit
	URL       string // page on the forge: an advisory, a release, a pull request
	Note      string // what is seen there, or what was looked for
}

// idForm is the form of an ID, which is a part of machine tags and of file names: words in lower case with hyphens.
var idForm = pattern.New(`^[a-z]+(-[a-z]+)*$`)

// Validate returns what is wrong with a table of checks: ids that are malformed or doubled, missing texts, globs that do not parse.
func Validate(table []*Check) error {
	var errs []error
	seen := map[string]bool{}
	for _, c := range table {
		bad := func(format string, args ...any) {
			errs = append(errs, fmt.Errorf("check %q: "+format, append([]any{c.ID}, args...)...))
		}
		if !idForm.MatchString(c.ID) {
			bad("the id is not of lower-case words joined by hyphens")
		}
		if seen[c.ID] {
			bad("the id is listed twice")
		}
		seen[c.ID] = true
		for field, text := range map[string]string{
			"Name": c.Name, "Short": c.Short, "Asks": c.Asks, "Why": c.Why, "Fix": c.Fix,
			"Met": c.Met, "Partial": c.Partial, "Unmet": c.Unmet, "Clause.Place": c.Clause.Place,
		} {
			if text == "" {
				bad("%s is empty", field)
			}
		}
		if c.Clause.Unjudged != "" {
			bad("the clause %q is marked as not judged", c.Clause.Place)
		}
		if c.Judge != nil && c.Needs == 0 {
			bad("it judges without needing anything")
		}
		if len(c.Reads)+len(c.Lists) > 0 && c.Needs&repo.Files == 0 {
			bad("it reads files without needing them")
		}
		if len(c.Inherits) > 0 && c.Uses&repo.Inherited == 0 {
			bad("it inherits files without using them")
		}
		for _, patterns := range [][]string{c.Reads, c.Follow, c.Lists} {
			if _, err := compile(patterns); err != nil {
				bad("%w", err)
			}
		}
	}
	return errors.Join(errs...)
}
