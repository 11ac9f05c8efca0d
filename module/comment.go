package module

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"misp-csirt-tooling/internal/check"
	"misp-csirt-tooling/internal/misp"
	"misp-csirt-tooling/internal/repo"
)

// comment explains a finding in three lines: why, where it can be seen, and what to do.
func (p *page) comment(f *check.Finding) string {
	why := misp.Text(f.Reason, maxWhy)
	todo := ""
	if fix := f.Remediation(); fix != "" {
		todo = misp.Text("To do: "+fix, maxWhy)
	}
	room := maxComment - utf8.RuneCountInString(why) - utf8.RuneCountInString(todo) - 2
	return joinLines(why, p.seen(f, room), todo)
}

// seen is the line that points at the evidence, in at most room characters.
func (p *page) seen(f *check.Finding, room int) string {
	if len(f.Evidence) == 0 {
		return ""
	}
	first := f.Evidence[0]
	link := p.link(first)
	if f.Status == check.Unmet && (link == "" || first.Line == 0) { // what was read in vain has no line
		return misp.Text("Read: "+places(f.Evidence), room)
	}
	more := ""
	if n := len(f.Evidence) - 1; n > 0 {
		more = fmt.Sprintf(" (+%d)", n)
	}
	if link == "" {
		return misp.Text("Evidence: "+place(first), room-len(more)) + more
	}
	if line := "Evidence: " + link + more; utf8.RuneCountInString(line) <= room {
		return line
	}
	return misp.Text("Evidence: "+place(first), room-len(more)) + more // an address that is cut off leads nowhere
}

// places names what was read in vain.
func places(evidence []check.Evidence) string {
	var names []string
	for _, e := range evidence[:min(len(evidence), maxPlaces)] {
		if name := place(e); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

func joinLines(lines ...string) string {
	return strings.Join(slices.DeleteFunc(lines, func(l string) bool { return l == "" }), "\n")
}

// group holds the findings that could not be judged for the same reason.
type group struct {
	reason   string
	findings []*check.Finding
}

// undecided groups findings that satisfy keep by the reason why they were not judged.
func (p *page) undecided(keep func(*check.Finding) bool) []group {
	var out []group
	for i := range p.Findings {
		f := &p.Findings[i]
		if f.Status.Judged() || !keep(f) {
			continue
		}
		reason := p.reason(f)
		at := slices.IndexFunc(out, func(g group) bool { return g.reason == reason })
		if at < 0 {
			at = len(out)
			out = append(out, group{reason: reason})
		}
		out[at].findings = append(out[at].findings, f)
	}
	return out
}

func (p *page) limitations() []entry {
	var out []entry
	if how := p.TakenOver(); how != "" {
		out = append(out, entry{"another repository had this name before", misp.Text("Check that it is the one that is meant: "+how, maxComment)})
	}
	if o := p.origin; o.doubt != "" {
		why := joinLines(o.other, "Check that the repository is the one that is meant: it was found by a source that vouches for it.")
		out = append(out, entry{o.doubt, misp.Text(why, maxComment)})
	}
	for _, g := range p.undecided(func(*check.Finding) bool { return true }) {
		var ids, details []string
		for _, f := range g.findings {
			ids = append(ids, f.Check.ID)
			if why := misp.Text(f.Reason, maxWhy); why != g.reason && !slices.Contains(details, why) && len(details) < 3 {
				details = append(details, why)
			}
		}
		out = append(out, entry{g.reason + ": " + strings.Join(ids, ", "), joinLines(details...)})
	}
	return out
}

// reason says in a few words why a finding was not judged. It is a value, so it tells the kind of gap and not how the gap
// came about: a detail that differs the next time would make MISP add a second object.
func (p *page) reason(f *check.Finding) string {
	if f.Status == check.NotApplicable {
		return "not applicable"
	}
	for _, kinds := range []repo.Kind{f.Check.Needs, f.Check.Uses} {
		for _, k := range repo.Kinds {
			if gap, _ := p.Snapshot.Gap(k.Kind); kinds&k.Kind != 0 && p.Snapshot.Lacks(k.Kind) {
				return kindText[k.Kind] + " " + gapText[gap]
			}
		}
		for _, g := range p.Gaps {
			if strings.HasPrefix(f.Reason, g.Fact+": ") {
				return misp.Text(g.Fact, maxWhy/2) + " " + gapText[g.Gap]
			}
		}
	}
	return misp.Text(f.Reason, maxWhy)
}

var kindText = map[repo.Kind]string{
	repo.Files: "files", repo.Commits: "commits", repo.Tags: "tags", repo.Public: "anonymous access", repo.Forge: "forge",
	repo.Releases: "releases", repo.Advisories: "advisories", repo.Reporting: "private reporting", repo.Proposals: "pull requests",
	repo.Components: "dependency graph", repo.Inherited: "owner's defaults", repo.Keys: "OpenPGP keys", repo.SecurityText: "security.txt", repo.OSV: "OSV",
	repo.CVEs: "vulnerability-lookup",
}

// gapText words the gaps; those that pass are one, for the next attempt may meet another.
var gapText = map[repo.Gap]string{
	repo.Unasked: "not asked", repo.Unsupported: "not offered", repo.Denied: "refused", repo.TooLarge: "too large", repo.Absent: "missing",
	repo.Limited: "did not answer", repo.Late: "did not answer", repo.Failed: "did not answer",
}
