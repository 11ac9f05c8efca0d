package check

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"misp-csirt-tooling/internal/pattern"
	"misp-csirt-tooling/internal/repo"
)

func judge(s *repo.Snapshot, t *tree, lib *library, c *Check) Finding {
	if c.Judge == nil {
		return unknown("not judged yet")
	}
	for _, k := range repo.Kinds {
		if gap, detail := s.Gap(k.Kind); c.Needs&k.Kind != 0 && gap != repo.None {
			return unknown("%s", gapReason(k.Name, gap, detail))
		}
	}
	v := view(s, t, lib, c)
	f := c.Judge(v)
	if f.Status == Unmet && len(v.Unread) > 0 {
		u := v.Unread[0]
		return unknown("%s", gapReason(u.Path, u.Text.Gap, u.Text.Detail))
	}
	if gap, detail := s.Gap(repo.Inherited); f.Status == Unmet && len(c.Inherits) > 0 && gap.Passing() {
		return unknown("%s", gapReason("the owner's defaults", gap, detail))
	}
	for _, k := range repo.Kinds {
		gap, detail := s.Gap(k.Kind)
		if f.Status == Unmet && c.Uses&k.Kind&inStead != 0 && gap.Passing() {
			return unknown("%s", gapReason(k.Name, gap, detail))
		}
	}
	if f.Status == Unmet && len(f.Evidence) == 0 {
		f.Evidence = v.read()
	}
	return f
}

// inStead are the facts that may hold what the tree lacks, so that nothing is unmet while they are on their way.
const inStead = repo.Keys | repo.SecurityText

func gapReason(what string, gap repo.Gap, detail string) string {
	if detail == "" {
		return fmt.Sprintf("%s: %s", what, gap)
	}
	return fmt.Sprintf("%s: %s, %s", what, gap, detail)
}

// read returns the places that were read in vain, as the evidence of an absence.
func (v *View) read() []Evidence {
	var out []Evidence
	docs := slices.Clone(v.Docs)
	docs = slices.DeleteFunc(docs, func(d *Doc) bool { return strings.TrimSpace(d.Content()) == "" })
	slices.SortStableFunc(docs, func(a, b *Doc) int {
		return cmp.Or(strings.Compare(buildText.FindString(a.Path), buildText.FindString(b.Path)), aside(a.Path)-aside(b.Path))
	})
	for _, d := range docs {
		if len(out) == 3 {
			break
		}
		// A symbolic link leads to a file that stands among the others as well.
		if e := (Evidence{Path: d.Place(), Inherited: d.Inherited, Note: "read"}); !slices.Contains(out, e) {
			out = append(out, e)
		}
	}
	if len(out) == 0 {
		out = append(out, Evidence{Note: "looked in vain for " + sought(slices.Concat(v.check.Reads, v.check.Lists))})
	}
	return out
}

// aside is 1 for a file that stands deeper than where people look first for the word of a project on itself: at the root, in the
// folder for the forge, and at the top of the documentation.
func aside(p string) int {
	if strings.Count(p, "/") > 1 {
		return 1
	}
	return 0
}

// buildText matches files for programs whose names end as those of texts do: they tell a person least.
var buildText = pattern.New(`(?i)(^|/)(cmakelists|[^/]*requirements[^/]*)\.txt$`)

// alternatives are the braces of a glob.
var alternatives = pattern.New(`\{[^{}]*\}`)

// sought words globs for people: a few of them, with one alternative of each choice.
func sought(globs []string) string {
	var names []string
	for _, g := range globs {
		for alternatives.MatchString(g) {
			g = alternatives.ReplaceAllStringFunc(g, func(choice string) string {
				first, _, _ := strings.Cut(choice[1:len(choice)-1], ",")
				return first
			})
		}
		g = strings.ReplaceAll(g, "y*ml", "yml")
		if g = strings.TrimPrefix(g, "**/"); !slices.Contains(names, g) {
			names = append(names, g)
		}
		if len(names) == 4 {
			break
		}
	}
	return strings.Join(names, ", ")
}

func met(evidence []Evidence, format string, args ...any) Finding {
	return Finding{Status: Met, Reason: fmt.Sprintf(format, args...), Evidence: evidence}
}

func partial(evidence []Evidence, format string, args ...any) Finding {
	return Finding{Status: Partial, Reason: fmt.Sprintf(format, args...), Evidence: evidence}
}

// unmet without evidence names the places that were read.
func unmet(evidence []Evidence, format string, args ...any) Finding {
	return Finding{Status: Unmet, Reason: fmt.Sprintf(format, args...), Evidence: evidence}
}

func unknown(format string, args ...any) Finding {
	return Finding{Status: Unknown, Reason: fmt.Sprintf(format, args...)}
}

func notApplicable(format string, args ...any) Finding {
	return Finding{Status: NotApplicable, Reason: fmt.Sprintf(format, args...)}
}

// at is the evidence of the lines first to last of a file.
func at(d *Doc, first, last int, note string) Evidence {
	if d.site != "" {
		return Evidence{URL: d.site, Note: note + " in security.txt"}
	}
	return Evidence{Path: d.Place(), Line: first, End: max(first, last), Inherited: d.Inherited, Note: note}
}

// whole is the evidence of a file as a whole.
func whole(d *Doc, note string) Evidence {
	return Evidence{Path: d.Place(), Inherited: d.Inherited, Note: note}
}

// titled is the evidence of a file as a whole, shown at its title or else at its first line with text.
func titled(d *Doc, note string) Evidence {
	doc := d.Document()
	line := 1
	if len(doc.Blocks) > 0 {
		line = doc.Blocks[0].Line
	}
	if len(doc.Sections) > 1 && doc.Sections[1].Line <= openingLines {
		line = doc.Sections[1].Line
	}
	return at(d, line, line, note)
}

// named is the evidence of a file that was listed, not read.
func named(path, note string) Evidence { return Evidence{Path: path, Note: note} }
